"""Our CSAF provider: what is published is there, signed, for whoever may read it, and for nobody else."""

import hashlib
import json
from dataclasses import replace

import jsonschema_rs
import pysequoia
import pytest
from django.test import Client
from django.utils import timezone

from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted
from schakel.people import tokens
from schakel.people.models import User
from schakel.policy.access import SYSTEM
from schakel.policy.sharing import Tlp
from schakel.sharing.csaf import making
from schakel.sharing.document import Marking
from schakel.sharing.items import drafting, publishing
from schakel.sharing.models import CsafFile, SharedItem
from tests.cast import NOON
from tests.sharing import world
from tests.sharing.formats.csaf.corpus import read, sample
from tests.sharing.world import document, out, terms

ROOT = "/.well-known/csaf"


@pytest.fixture
def openpgp_key(settings, tmp_path):
    """The platform's own key."""
    key = pysequoia.Tsk.generate(user_id="Schakel <meldingen@schakel.example>")
    path = tmp_path / "key.asc"
    path.write_text(str(key))
    settings.OPENPGP_KEY = str(path)
    return key.extract_certificate()


def keyed(actor):
    """A client that sends a key of this actor's own along."""
    user = User.objects.get(pk=actor.user_id)
    key = tokens.add(user=user, name="csaf", days=30, by=SYSTEM, at=timezone.now())
    return Client(headers={"Authorization": f"Bearer {key}"})


def got(client, path, status=200):
    response = client.get(f"{ROOT}/{path}")
    assert response.status_code == status, path
    return b"".join(response.streaming_content) if response.streaming else response.content


def feed(client, folder):
    return json.loads(got(client, f"{folder}/csaf-feed-tlp-{folder}.json"))["feed"]


def titles(client, folder):
    return sorted(entry["title"] for entry in feed(client, folder)["entry"])


@pytest.fixture
def items(network, openpgp_key):
    """An item under each label, and one in a closed circle."""
    by, owner = network.member, network.harbour
    care = (f"partner:{network.care.pk}",)
    group = world.circle(is_closed=True)
    world.join(group, network.member, partner=network.harbour)
    told = {
        tlp: document(f"Lek {tlp}", marking=Marking(tlp=Tlp(tlp)))
        for tlp in ("clear", "green", "amber", "amber+strict", "red")
    }
    made = {
        "clear": out(by=by, owner=owner, tlp="clear", document=told["clear"]),
        "green": out(by=by, owner=owner, tlp="green", document=told["green"]),
        "amber": out(by=by, owner=owner, tlp="amber", addresses=care, document=told["amber"], reviewer=network.colleague),
        "strict": out(by=by, owner=owner, tlp="amber+strict", addresses=care, document=told["amber+strict"], reviewer=network.colleague),
        "red": out(by=by, owner=owner, tlp="red", addresses=(f"person:{network.colleague.user_id}",), document=told["red"], reviewer=network.colleague),
    }  # fmt: skip
    making.make_due(at=NOON)
    return made


def test_each_label_is_made_but_those_that_are_never_exported(items):
    made = {row.item.tlp: row.folder for row in CsafFile.objects.select_related("item")}
    assert made == {"clear": "white", "green": "green", "amber": "amber"}
    event = Event.objects.filter(tag="sharing.csaf.made").get()
    assert event.facts["made"] == 3
    assert making.make_due(at=NOON) == {"made": 0, "refused": 0, "removed": 0}


def test_who_is_nobody_finds_what_is_public_alone(items):
    client = Client()
    told = json.loads(got(client, "provider-metadata.json"))
    assert [one["tlp_label"] for one in told["distributions"][0]["rolie"]["feeds"]] == ["WHITE"]
    assert titles(client, "white") == ["Lek clear"]
    for folder in ("green", "amber", "red"):
        for path in ("", "index.txt", "changes.csv", f"csaf-feed-tlp-{folder}.json", "2026/"):
            got(client, f"{folder}/{path}", 404)
    row = CsafFile.objects.get(folder="green")
    for end in ("", ".asc", ".sha256", ".sha512"):
        got(client, f"{row}{end}", 404)


@pytest.mark.parametrize(
    ("name", "folders"),
    [
        ("member", {"white": ["Lek clear"], "green": ["Lek green"], "amber": ["Lek amber"]}),
        ("neighbour", {"white": ["Lek clear"], "green": ["Lek green"], "amber": ["Lek amber"]}),
        ("client", {"white": ["Lek clear"], "green": ["Lek green"]}),
        ("desk", {"white": ["Lek clear"], "green": ["Lek green"]}),
        ("steward", {"white": ["Lek clear"]}),
    ],
)
def test_each_reader_finds_what_the_policy_lets_it_read(network, items, name, folders):
    client = keyed(getattr(network, name))
    told = json.loads(got(client, "provider-metadata.json"))
    labels = [one["tlp_label"].lower() for one in told["distributions"][0]["rolie"]["feeds"]]
    assert set(labels) == set(folders)
    assert {folder: titles(client, folder) for folder in labels} == folders
    for row in CsafFile.objects.all():
        got(client, str(row), 200 if row.folder in folders else 404)


def test_a_key_that_is_none_is_told_so(items):
    client = Client(headers={"Authorization": "Bearer nonsense"})
    assert client.get(f"{ROOT}/provider-metadata.json").status_code == 401


def test_a_session_counts_for_nothing(network, items):
    client = Client()
    client.force_login(User.objects.get(pk=network.member.user_id))
    got(client, "green/index.txt", 404)
    assert titles(client, "white") == ["Lek clear"]


def test_every_file_is_sound_and_has_its_hashes_and_our_signature(items, openpgp_key):
    client = Client()
    (entry,) = feed(client, "white")["entry"]
    links = {
        (link["rel"], link["href"].rpartition(".")[2]): link["href"].partition(ROOT)[2].strip("/")
        for link in entry["link"]
    }
    content = got(client, links["self", "json"])
    assert read(content).title == "Lek clear"
    assert read(content).marking.tlp == Tlp.CLEAR
    assert got(client, links["hash", "sha256"]).decode().split() == [
        hashlib.sha256(content).hexdigest(),
        links["self", "json"].rpartition("/")[2],
    ]
    assert got(client, links["hash", "sha512"]).decode().split()[0] == hashlib.sha512(content).hexdigest()
    signature = pysequoia.Sig.from_bytes(got(client, links["signature", "asc"]))
    told = json.loads(got(client, "provider-metadata.json"))
    (key,) = told["public_openpgp_keys"]
    certificate = pysequoia.Cert.from_bytes(got(client, key["url"].partition(ROOT)[2].strip("/")))
    assert certificate.fingerprint.upper() == key["fingerprint"] == openpgp_key.fingerprint.upper()
    checked = pysequoia.verify(bytes=content, store=lambda _ids: [certificate], signature=signature)
    assert checked.valid_sigs
    got(client, "openpgp/0123456789ABCDEF.asc", 404)


def test_lists_and_folders_say_the_same_as_the_feed(items):
    client = Client()
    row = CsafFile.objects.get(folder="white")
    place = f"{row.year}/{row.name}"
    assert got(client, "white/index.txt").decode() == f"{place}\n"
    assert got(client, "white/changes.csv").decode().startswith(f'"{place}","2026-')
    assert f'href="{row.year}/"' in got(client, "white/").decode()
    assert f'href="{row.name}.asc"' in got(client, f"white/{row.year}/").decode()
    assert feed(client, "white")["entry"][0]["content"]["src"].endswith(f"/white/{place}")
    got(client, "white/1999/", 404)
    got(client, "white/csaf-feed-tlp-green.json", 404)


def test_what_did_not_change_is_not_sent_again(items):
    client = Client()
    path = f"{ROOT}/white/csaf-feed-tlp-white.json"
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    row = CsafFile.objects.get(folder="white")
    document_ = client.get(f"{ROOT}/{row}")
    assert client.get(f"{ROOT}/{row}", headers={"If-None-Match": document_.headers["ETag"]}).status_code == 304
    CsafFile.objects.filter(pk=row.pk).update(made_at=timezone.now())
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_what_is_for_some_is_kept_by_nobody_on_the_way(network, items):
    answer = keyed(network.member).get(f"{ROOT}/green/index.txt")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer.headers["Vary"]


def test_what_came_as_csaf_goes_out_to_the_byte(network, openpgp_key):
    came = read(sample())
    item = drafting.draft(
        document=came, terms=terms("amber", (f"partner:{network.care.pk}",)), owner=network.harbour, by=network.member,
        at=NOON, is_received=True,
    )  # fmt: skip
    publishing.approve(item=item, by=network.colleague, at=NOON)
    publishing.publish(item=item, by=network.member, at=NOON)
    making.make_due(at=NOON)
    client = keyed(network.neighbour)
    assert got(client, "amber/2026/zws-2026_0007_b.json") == sample()


def test_a_stricter_label_of_ours_is_a_step_of_its_history(network, openpgp_key):
    came = replace(read(sample()), marking=replace(read(sample()).marking, tlp=Tlp.GREEN))
    item = out(by=network.member, owner=network.harbour, tlp="green", document=came)
    making.make_due(at=NOON)
    found = read(got(keyed(network.neighbour), "green/2026/zws-2026_0007_b.json"))
    assert found.marking.tlp == Tlp.GREEN
    assert [step.number for step in found.revisions] == ["1", "2", "3"]
    assert found.publisher == "Zoutwijk Software"
    assert SharedItem.objects.get(pk=item.pk).tlp == "green"


def test_an_update_takes_the_place_and_a_retraction_says_so(network, items):
    item = items["clear"]
    told = replace(document("Lek is groter", marking=Marking(tlp=Tlp.CLEAR)), key="")
    drafting.revise(item=item, document=told, terms=terms("clear"), change="Ook 3.9.", by=network.member, at=NOON)
    assert titles(Client(), "white") == ["Lek clear"]
    publishing.publish(item=item, by=network.member, at=NOON)
    assert titles(Client(), "white") == []  # It waits to be made rather than show what is over.
    making.make_due(at=NOON)
    found = read(got(Client(), str(CsafFile.objects.get(item=item))))
    assert [step.summary for step in found.revisions][-1] == "Ook 3.9."
    publishing.retract(item=item, reason="Vergissing.", by=network.member, at=NOON)
    making.make_due(at=NOON)
    found = read(got(Client(), str(CsafFile.objects.get(item=item))))
    assert found.is_withdrawn
    assert found.revisions[-1].summary == "Vergissing."


def test_what_cannot_be_csaf_is_kept_with_the_reason_and_not_tried_again(network, openpgp_key):
    impossible = document(marking=Marking(tlp=Tlp.CLEAR), products=(
        replace(document().products[0], key="P", status="affected"), replace(document().products[0], key="P", status="fixed"),
    ))  # fmt: skip
    out(by=network.member, owner=network.harbour, tlp="clear", document=impossible)
    assert making.make_due(at=NOON) == {"made": 0, "refused": 1, "removed": 0}
    assert making.make_due(at=NOON) == {"made": 0, "refused": 0, "removed": 0}
    assert "6.1.6" in CsafFile.objects.get().refusal
    assert titles(Client(), "white") == []


def test_without_a_key_there_is_a_provider_that_signs_nothing(network, settings):
    settings.OPENPGP_KEY = ""
    out(by=network.member, owner=network.harbour, tlp="clear", document=document(marking=Marking(tlp=Tlp.CLEAR)))
    making.make_due(at=NOON)
    told = json.loads(got(Client(), "provider-metadata.json"))
    assert (told["role"], told["public_openpgp_keys"]) == ("csaf_provider", [])
    (entry,) = feed(Client(), "white")["entry"]
    assert {link["rel"] for link in entry["link"]} == {"self", "hash"}
    got(Client(), f"{CsafFile.objects.get()}.asc", 404)


def test_only_the_machine_and_the_desk_make_files(network):
    for actor in (network.member, network.neighbour, network.client, network.steward):
        with pytest.raises(NotPermitted):
            making.make_due(at=NOON, by=actor)
    making.make_due(at=NOON, by=network.desk)


def test_security_txt_says_where_to_look(settings, db):
    settings.BASE_URL = "https://schakel.example"
    answer = Client().get("/.well-known/security.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert lines["CSAF"] == "https://schakel.example/.well-known/csaf/provider-metadata.json"
    assert lines["Contact"] == "mailto:meldingen@schakel.example"
    assert lines["Expires"] > timezone.now().isoformat()


@pytest.mark.parametrize(
    "path", ["white/csaf-feed-tlp-white.json", "white/index.txt", "white/changes.csv", "provider-metadata.json"]
)
def test_a_list_costs_the_same_however_long_it_is(network, items, path, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = Client()
    with CaptureQueriesContext(connection) as few:
        got(client, path)
    for number in range(5):
        told = document(f"Nog {number}", marking=Marking(tlp=Tlp.CLEAR))
        out(by=network.member, owner=network.harbour, tlp="clear", document=told)
    making.make_due(at=NOON)
    with CaptureQueriesContext(connection) as more:
        got(client, path)
    assert len(more) == len(few)


def test_the_metadata_follow_the_official_schema(items, settings, shared_samples):
    settings.BASE_URL = "https://schakel.example"
    schemas = shared_samples / "csaf" / "schemas" / "2.0"
    whole = json.loads((schemas / "csaf_json_schema.json").read_text())
    schema = json.loads((schemas / "provider_json_schema.json").read_text())
    found = jsonschema_rs.Draft202012Validator(schema, retriever=lambda _address: whole, validate_formats=True)
    found.validate(json.loads(got(Client(), "provider-metadata.json")))
