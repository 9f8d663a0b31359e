"""A country with coverage counted and an advice given, for pages."""

from datetime import date, timedelta

from django.utils import timezone

from schakel.oversight.advice import actions
from schakel.oversight.advice.question import Question
from schakel.oversight.coverage import refreshing
from schakel.policy.access import SYSTEM
from schakel.registry.models import Constituency, Estimate, Organisation, Partner, PartnerStanding
from tests.cast import DESK


def count(country, *, days: int = 1):
    """Count coverage on today and the days before it, with a constituency that is only a number."""
    Organisation.objects.filter(key="hospital").update(sector="health", nis2="essential", sbi="86101")
    Organisation.objects.filter(key="bakery").update(sbi="10711", region="NL-GR")
    Estimate.objects.get_or_create(
        partner=country.harbour_circle, relation="customer", region="NL-ZH",
        defaults={"count": 1, "source": "jaarverslag", "counted_on": date(2025, 5, 6)},
    )  # fmt: skip
    at = timezone.now()
    for back in reversed(range(days)):
        refreshing.refresh(by=SYSTEM, at=at, on=timezone.localdate(at) - timedelta(days=back))
    return at


def prospects(country):
    """One with a list, one with a count, of organisations that nobody reaches yet."""
    Organisation.objects.filter(key="bakery").update(region="NL-GR")
    bakers = Partner.objects.create(
        key="bakers", name="Bakkersbond", type="trade-association", standing=PartnerStanding.PROSPECT,
        functions=["notification"], category="ecosystem", category_on=date(2025, 5, 6), regions=["NL-GR"],
    )  # fmt: skip
    Constituency.objects.create(partner=bakers, organisation=country.bakery)
    shippers = Partner.objects.create(
        key="shippers", name="<Schippers> & co", type="regional", standing=PartnerStanding.PROSPECT,
        functions=["notification"],
    )  # fmt: skip
    Estimate.objects.create(partner=shippers, region="NL-ZH", count=4, source="website", counted_on=date(2025, 5, 6))


def advice(country, **asked):
    """Asked and worked out."""
    at = timezone.now()
    found = actions.ask(question=Question(**asked), by=DESK, at=at)
    actions.work_out(advice=found, by=SYSTEM, at=at)
    return found


def pages(country) -> list[str]:
    """Every page of coverage and advice, with something on it."""
    count(country, days=3)
    prospects(country)
    found = advice(country, floors={"sector": {"space": 1}})
    waiting = actions.ask(question=Question(), by=DESK, at=timezone.now())
    return [
        "/network/coverage", "/network/coverage?by=section&size=one&function=exercise", "/network/coverage/partners",
        f"/network/coverage/partners/{country.harbour_circle.pk}", "/network/kingdom?measure=told",
        f"/network/kingdom?partner={country.harbour_circle.pk}", "/network/advice", "/network/advice/new",
        f"/network/advice/{found.pk}", f"/network/advice/{waiting.pk}",
    ]  # fmt: skip
