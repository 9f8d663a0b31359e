import json
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from schakel.notices import index, warnings
from schakel.registry.models import Asset

pytestmark = pytest.mark.django_db
TEXTS = {"address": pl.String, "host": pl.String}


def holders(address="", host=""):
    rows = pl.DataFrame({"address": [address or None], "host": [host or None]}, schema=TEXTS)
    return index.current().match(rows).organisation.tolist()


def kept(settings):
    return sorted(place.name for place in (Path(settings.STORE) / "index").iterdir())


def newest(settings):
    return Path(settings.STORE) / "index" / str(index.revision())


def test_the_index_is_kept_and_taken_up_again(country, settings):
    assert holders("192.0.2.10") == [country.harbour.pk, country.registrar.pk]
    assert kept(settings) == [str(index.revision())]
    with connection.cursor() as cursor:  # Past the triggers there is no new revision, so nobody looks at the table.
        cursor.execute("SET LOCAL session_replication_role = replica")
        Asset.objects.filter(value="192.0.2.0/25").delete()
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert holders("192.0.2.10") == [country.harbour.pk, country.registrar.pk]


def test_what_has_gone_holds_nothing_any_more(country, settings):
    holders("192.0.2.10")
    Asset.objects.filter(value="192.0.2.0/25").delete()
    assert holders("192.0.2.10") == [country.registrar.pk]
    Asset.objects.all().delete()
    assert holders("192.0.2.10") == []


def test_a_change_leaves_behind_what_was_before(country):
    was = index.revision()
    asset = Asset.objects.get(value="192.0.2.0/25")
    Asset.objects.filter(pk=asset.pk).update(organisation=country.bakery)
    Asset.objects.filter(pk=asset.pk).update(evidence="verified")  # Says nothing about who holds it.
    Asset.objects.filter(value="korenaar.example").delete()
    assert index.revision() == was + 2
    assert index.changed(was)["networks"].select("asset", "organisation").rows() == [(asset.pk, country.bakery.pk)]
    assert index.former(was)["networks"].select("asset", "organisation").rows() == [(asset.pk, country.harbour.pk)]
    assert index.former(was)["domains"]["domain"].to_list() == ["korenaar.example"]


def test_a_change_is_taken_in_without_building_anew(country, settings):
    holders("192.0.2.10")
    Asset.objects.create(organisation=country.bakery, kind="domain", value="brood.example")
    Asset.objects.filter(value="korenaar.example").update(value="graan.example")
    assert holders(host="www.brood.example") == [country.bakery.pk]
    assert holders(host="graan.example") == [country.bakery.pk]
    assert holders(host="korenaar.example") == []
    assert kept(settings) == [str(index.revision())]


def test_an_index_of_an_older_release_is_built_anew(country, settings):
    holders("192.0.2.10")
    plan = newest(settings) / "plan.json"
    plan.write_text(json.dumps(json.loads(plan.read_text()) | {"form": -1}))
    assert holders("192.0.2.10") == [country.harbour.pk, country.registrar.pk]


def test_a_draft_that_a_killed_process_left_is_cleared_away(country, settings):
    import os

    folder = Path(settings.STORE) / "index"
    for name in ("0.old", "0.new"):
        (folder / name).mkdir(parents=True)
    os.utime(folder / "0.old", (0, 0))
    holders("192.0.2.10")
    assert kept(settings) == ["0.new", str(index.revision())]


def test_an_empty_registry_holds_nothing(db):
    assert holders("192.0.2.10", "www.example.nl") == []


def test_a_private_range_is_nobodys_unless_the_registry_itself_lies_in_it(country):
    Asset.objects.create(organisation=country.bakery, kind="network", value="8.0.0.0/6")
    assert holders("10.1.2.3") == []
    Asset.objects.create(organisation=country.harbour, kind="network", value="10.1.0.0/16")
    assert holders("10.1.2.3") == [country.harbour.pk, country.bakery.pk]


def test_e_mail_domains_and_numbers_have_holders_too(country):
    Asset.objects.create(organisation=country.bakery, kind="email_domain", value="post.example")
    Asset.objects.create(organisation=country.registrar, kind="asn", value="64501")
    rows = pl.DataFrame({"email": ["piet@post.example", None], "asn": [None, 64501]})
    assert index.current().match(rows).organisation.tolist() == [country.bakery.pk, country.registrar.pk]


def test_an_operator_adds_warning_lists_as_files(country, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "warning-lists").mkdir()
    listed = {"name": "scanners", "type": "cidr", "list": ["192.0.2.64/26", "scan.haven.example", "not a name", "x"]}
    (tmp_path / "warning-lists" / "scanners.json").write_text(json.dumps(listed))
    assert holders("192.0.2.70") == []
    assert holders(host="a.scan.haven.example") == []
    assert holders("192.0.2.10") == [country.harbour.pk, country.registrar.pk]


def test_the_files_of_the_community_are_read(shared_samples):
    for file in sorted((shared_samples / "misp" / "warninglists").glob("*.json")):
        assert warnings.added(file).columns == ["kind", "value", "name"]
