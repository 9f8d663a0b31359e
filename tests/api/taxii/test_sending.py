"""What programs send: judged one by one, kept as items, out where their label lets them, and never half done."""

import orjson
import pytest
from django.utils import timezone

from schakel.sharing.models import ServedObject, SharedItem, Submission
from schakel.sharing.taxii import taking
from schakel.sharing.taxii.collections import SENT
from tests.api.taxii.conftest import TAXII
from tests.sharing.formats.stix import made

OBJECTS = f"/taxii2/root/collections/{SENT}/objects/"
SOUND = made.indicator("kraan", object_marking_refs=[made.GREEN])


def send(client, *objects, content_type=TAXII, **given):
    return client.post(OBJECTS, orjson.dumps({"objects": list(objects)}), content_type=content_type, **given)


def messages(answer):
    return [one["message"] for one in answer.json().get("failures", [])]


def test_what_is_sound_becomes_an_item_of_who_sent_it(shared):
    before = set(SharedItem.objects.values_list("pk", flat=True))
    answer = send(shared.member, SOUND)
    assert answer.status_code == 202
    assert answer.json()["successes"] == [{"id": SOUND["id"], "version": made.AT}]
    [item] = SharedItem.objects.exclude(pk__in=before)
    assert (item.owner, item.state, item.tlp, item.source_tlp) == (shared.net.harbour, "published", "green", "green")
    assert item.received_at
    assert [one.value for one in item.indicators.all()] == ["kraan.example"]


def test_each_object_is_judged_by_itself(shared):
    answer = send(
        shared.member,
        SOUND,
        made.indicator("bad", "[a:b = ", object_marking_refs=[made.GREEN]),
        made.indicator("bare"),
        made.indicator("named", object_marking_refs=[made.RED]),
        made.indicator("torn", object_marking_refs=[made.RED, made.GREEN]),
        7,
    )
    assert [one["id"] for one in answer.json()["successes"]] == [SOUND["id"]]
    assert answer.json()["failure_count"] == 5
    assert all(messages(answer))
    words = " ".join(messages(answer))
    for part in ("grammar", "no TLP label", "names people", "contradict", "no type or no id"):
        assert part in words


def test_the_same_sent_again_makes_nothing_new(shared):
    first, count = send(shared.member, SOUND).json(), SharedItem.objects.count()
    assert send(shared.member, SOUND).json() == first
    assert SharedItem.objects.count() == count


def test_a_later_version_is_a_version_of_the_same_item(shared):
    send(shared.member, SOUND)
    item = SharedItem.objects.get(external_key=SOUND["id"])
    newer = SOUND | {"name": "kraan 2", "modified": "2026-04-01T08:00:00.000Z"}
    assert send(shared.member, newer).json()["success_count"] == 1
    item.refresh_from_db()
    assert (item.title, item.published_version) == ("kraan 2", 2)


def test_a_closed_label_waits_for_a_second_person(shared):
    send(
        shared.member,
        made.indicator("dicht", object_marking_refs=["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"]),
    )
    item = SharedItem.objects.get(external_key=made.key("indicator", "dicht"))
    assert (item.state, item.audience.addresses) == ("in-review", ["desk:"])
    assert not ServedObject.objects.filter(item=item).exists()


def test_its_status_is_for_its_sender_alone(shared):
    uid = send(shared.member, SOUND).json()["id"]
    assert shared.member.get(f"/taxii2/root/status/{uid}/").json()["status"] == "complete"
    assert shared.neighbour.get(f"/taxii2/root/status/{uid}/").status_code == 404
    assert shared.desk.get(f"/taxii2/root/status/{uid}/").status_code == 404


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"objects": []}', b'{"objects": {}}', b"x", b'{"objects": [1'])
def test_what_is_no_envelope_is_refused(shared, body):
    answer = shared.member.post(OBJECTS, body, content_type=TAXII)
    assert answer.status_code == 400
    assert not Submission.objects.exists()


def test_only_taxii_is_taken_and_not_too_much(shared, monkeypatch):
    assert send(shared.member, SOUND, content_type="application/json").status_code == 415
    monkeypatch.setattr("schakel.api.taxii.sending.MAXIMUM_BYTES", 100)
    assert send(shared.member, SOUND).status_code == 413


def test_a_fault_in_the_midst_leaves_nothing_behind(shared, monkeypatch):
    count = SharedItem.objects.count()

    def fail(*_given):
        raise RuntimeError

    monkeypatch.setattr(taking, "_told", fail)
    with pytest.raises(RuntimeError):
        taking.take(content=orjson.dumps({"objects": [SOUND]}), by=shared.net.member, at=timezone.now())
    assert (SharedItem.objects.count(), Submission.objects.count()) == (count, 0)


def test_an_agreement_that_does_not_cover_sharing_lets_nothing_out(shared):
    shared.net.harbour.agreements.update(state="ended", until_on="2026-01-03")
    answer = send(shared.member, SOUND)
    assert answer.json()["failure_count"] == 1
    assert not SharedItem.objects.filter(external_key=SOUND["id"]).exists()
