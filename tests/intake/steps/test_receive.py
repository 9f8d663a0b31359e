from pathlib import Path

import pytest

from schakel.intake import store
from schakel.intake.models import Report, Source
from schakel.intake.steps import receive
from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted
from schakel.policy.access import SYSTEM
from tests.cast import DESK, NOON, STRANGER
from tests.reports import csv, sent

pytestmark = pytest.mark.django_db


def test_the_same_bytes_again_are_the_same_report():
    first, is_new = sent(csv("192.0.2.1"))
    again, is_newer = sent(csv("192.0.2.1"))
    assert (is_new, is_newer) == (True, False)
    assert again == first
    assert store.raw(first).read_bytes() == csv("192.0.2.1")
    assert Event.objects.filter(tag="intake.report.received").count() == 1


def test_another_source_may_send_the_same_bytes():
    sent(csv("192.0.2.1"))
    sent(csv("192.0.2.1"), source="divd")
    assert Report.objects.count() == 2


def test_bytes_that_were_lost_are_kept_when_they_come_again():
    report, _ = sent(csv("192.0.2.1"))
    store.raw(report).unlink()
    sent(csv("192.0.2.1"))
    assert store.raw(report).exists()


def test_a_daily_scan_is_complete_and_a_list_is_not():
    scan, _ = sent(csv("192.0.2.1"))
    listed, _ = sent(b"192.0.2.1\n", source="volunteer", name="lijst.txt")
    assert scan.series.is_complete
    assert not listed.series.is_complete
    assert listed.series.type == "general"


@pytest.mark.parametrize(("given", "kept"), [("", "amber"), ("TLP:AMBER+STRICT", "amber+strict"), ("red", "red")])
def test_a_report_may_be_marked_stricter_than_its_source(given, kept):
    assert sent(csv("192.0.2.1"), tlp=given)[0].tlp == kept


@pytest.mark.parametrize("given", ["clear", "TLP:GREEN", "secret"])
def test_a_wider_or_unknown_label_is_refused_and_nothing_is_kept(given):
    with pytest.raises(Invalid):
        sent(csv("192.0.2.1"), tlp=given)
    assert not Report.objects.exists()


def test_a_stranger_sends_nothing():
    source = Source.objects.get(slug="divd")
    with pytest.raises(NotPermitted):
        receive.receive(receive.Held(Path("none"), "", 0), name="x", source=source, by=STRANGER, at=NOON)
    with pytest.raises(NotPermitted):
        receive.source_named("new", by=STRANGER, at=NOON)


def test_a_new_source_begins_with_strict_terms():
    source, is_new = receive.source_named("harbour-police", by=DESK, at=NOON)
    assert is_new
    assert source.tlp == "amber"
    assert not source.is_operator_allowed
    assert receive.source_named("harbour-police", by=SYSTEM, at=NOON) == (source, False)


@pytest.mark.parametrize("slug", ["", "a b", "../x"])
def test_a_source_has_a_plain_name(slug):
    with pytest.raises(Invalid):
        receive.source_named(slug, by=DESK, at=NOON)
