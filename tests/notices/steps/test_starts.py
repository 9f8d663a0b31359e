"""Where notification has not begun, nobody is told yet; when it begins, what is still open is."""

from datetime import timedelta

import pytest

from schakel.kit.refusals import WrongState
from schakel.notices import unreached, wording
from schakel.notices.models import Finding, Route, Via
from schakel.notices.rematching import rematch
from schakel.notices.steps.hand_over import hand_over
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Organisation
from tests.cast import DESK, NOON
from tests.reports import taken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def bonaire(country, own_functions):
    """The harbour lies where notification begins on the fourth."""
    Organisation.objects.filter(pk=country.harbour.pk).update(region="NL-BQ1")
    own_functions("[notification.starts]\nNL-BQ1 = 2026-11-04\n")


def test_every_way_is_refused_with_the_reason_and_nothing_is_sent(country, bonaire):
    report = taken("192.0.2.10,443", "192.0.2.200,443")
    route = Route.objects.get(organisation=country.harbour)
    assert (route.via, route.refusal) == (Via.WITHHELD, "not-started")
    assert {step["refusal"] for step in route.steps} == {"not-started"}
    assert wording.refusal("not-started") != "not-started"
    assert report.figures["routes"] == {"contact": 1, "withheld": 1}
    assert Finding.objects.get(organisation=country.harbour).state == "open"
    with pytest.raises(WrongState):
        unreached.try_again(route=route, by=DESK, at=NOON)


def test_when_it_begins_what_is_open_is_told(country, bonaire):
    taken("192.0.2.10,443")
    assert rematch(by=SYSTEM, at=NOON + DAY).counts["rerouted"] == 0
    assert rematch(by=SYSTEM, at=NOON + 2 * DAY).counts["rerouted"] == 1
    sum(hand_over(by=SYSTEM, at=NOON + 3 * DAY))
    assert Delivery.objects.get().address == "meldingen@harbour-circle.example"
