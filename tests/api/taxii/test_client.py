"""A client of others, over HTTP, finds, fetches, follows and sends."""

import pytest
from django.utils import timezone
from taxii2client.common import TokenAuth
from taxii2client.v21 import ApiRoot, Server, as_pages

from schakel.policy.access import SYSTEM
from schakel.sharing.items import publishing
from schakel.sharing.models import SharedItem
from schakel.sharing.taxii import serving
from tests.api.taxii.conftest import key_of, out
from tests.sharing.formats.stix import made

pytestmark = pytest.mark.slow


def test_taxii2_client_reads_follows_and_sends(real_commits, live_server, network):
    item = out(network)
    server = Server(f"{live_server.url}/taxii2/", user="program", password=key_of(network.neighbour))
    root = server.default
    assert root.versions == ["application/taxii+json;version=2.1"]
    shared, sent = root.collections
    pages = list(as_pages(shared.get_objects, per_request=4))
    objects = [one for page in pages for one in page["objects"]]
    assert len(pages) == -(-len(objects) // 4)
    assert len({one["id"] for one in objects}) == len(objects)
    manifest = shared.get_manifest(limit=1000)["objects"]
    assert [one["id"] for one in manifest] == [one["id"] for one in objects]
    report = next(one for one in objects if one["type"] == "report")
    assert shared.get_object(report["id"])["objects"] == [report]
    assert shared.object_versions(report["id"])["versions"] == [report["modified"]]
    assert shared.get_objects(type="indicator", added_after=manifest[-1]["date_added"]) == {}

    publishing.retract(item=item, reason="Het klopte niet.", by=network.member, at=timezone.now())
    serving.serve(item_id=item.pk, by=SYSTEM, at=timezone.now())
    news = shared.get_objects(added_after=manifest[-1]["date_added"], type="indicator,report")["objects"]
    assert news
    assert all(one["revoked"] for one in news)

    status = sent.add_objects({"objects": [made.indicator("kraan", object_marking_refs=[made.GREEN])]})
    assert (status.status, status.success_count) == ("complete", 1)
    kept = SharedItem.objects.get(external_key=made.key("indicator", "kraan"))
    assert kept.owner == network.care
    assert root.get_status(status.id).success_count == 1
    serving.serve(item_id=kept.pk, by=SYSTEM, at=timezone.now())
    other = ApiRoot(root.url, auth=TokenAuth(key_of(network.member)))
    found = other.collections[0].get_objects(id=made.key("indicator", "kraan"))["objects"]
    assert [one["name"] for one in found] == ["kraan"]
