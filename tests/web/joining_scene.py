"""Something on every page of joining, agreements and the law, to look at."""

from datetime import timedelta

from django.utils import timezone

from schakel.registry.agreements import ending
from schakel.registry.joining import applications, links
from schakel.registry.joining.answers import Given
from schakel.registry.joining.applications import APPLICANT
from schakel.registry.models import Partner
from tests.cast import DESK, Country
from tests.joining import joining, offered, signed, terms_for_all


def application(name):
    given = Given(
        name=name, type="regional", how="Wij waarschuwen onze leden en oefenen met hen.", functions=["notification"],
        role="contributor", contact_name="A. de Wit", contact_mail="wit@noorderhaven.example", sectors=["transport"],
        regions=["NL-GR"], answers={"trust": "TLP", "reciprocity": "Twee dagen", "maturity": "ISO 27001"},
    )  # fmt: skip
    return applications.apply(given=given, by=APPLICANT, at=timezone.now())


def pages(country: Country) -> list[str]:
    """Addresses inside, each with something to see."""
    at = timezone.now()
    terms_for_all()
    waiting, accepted = application("Kring Noorderhaven"), application("Kring Zuiderhaven")
    applications.ask(application=waiting, words="Wie zijn uw leden?", by=DESK, at=at)
    verdicts = {"trust": ("met", ""), "reciprocity": ("partly", "Nog te bespreken"), "maturity": ("met", "")}
    applications.appraise(application=accepted, verdicts=verdicts, by=DESK, at=at)
    partner = applications.accept(application=accepted, words="Welkom!", by=DESK, at=at)
    offer = offered(partner, at=at, functions=["notification"], from_on=timezone.localdate(), until_on=None)
    joining(country.care_csirt)
    running = signed(
        country.care_csirt, from_on=timezone.localdate(), until_on=timezone.localdate() + timedelta(days=30)
    )
    breach = ending.log_breach(
        agreement=running, kind="tlp", words="AMBER op de site", happened_on=timezone.localdate(), by=DESK, at=at
    )
    gone = Partner.objects.create(key="gone", name="Oude Kring", type="regional", functions=["exercise"])
    ending.leave(partner=gone, reasons="Te druk", lessons="Vraag eerder hoe het gaat", by=DESK, at=at)
    step = partner.onboarding.order_by("pk").first()
    here = f"/network/agreements/{running.pk}"
    return [
        "/network/applications", f"/network/applications/{waiting.pk}", f"/network/applications/{accepted.pk}",
        f"/network/applications/{waiting.pk}/appraise", f"/network/applications/{waiting.pk}/accept",
        f"/network/applications/{waiting.pk}/refuse", "/network/first-steps", f"/network/first-steps/{step.pk}/assign",
        "/network/invitations/new", "/network/terms/lead/new", "/network/agreements", "/network/agreements?view=ending",
        here, f"/network/agreements/{offer.pk}", f"{here}/addendum", f"{here}/breaches/new", f"{here}/suspend",
        f"{here}/end", f"/network/breaches/{breach.pk}/settle", f"/network/partners/{partner.pk}/leave",
        f"/network/agreements/{offer.pk}/sign", f"{here}/renew", f"{here}/not-renew", f"{here}/copy",
        "/network/departures", "/account/mail",
    ]  # fmt: skip


def public() -> list[str]:
    """Addresses for everybody, and those behind a link; after `pages`."""
    from schakel.registry.models import Agreement, Application

    applied = Application.objects.order_by("pk")
    offer = Agreement.objects.filter(state="offered").latest("pk")
    return [
        "/join", "/join/apply", "/join/help", "/join/help?sector=health&region=NL-ZH&size=small", "/join/link",
        "/join/thanks", "/terms", "/terms/lead/1", "/join/status/wrong",
        *(f"/join/status/{links.application_token(one)}" for one in applied),
        f"/join/agreement/{links.agreement_token(offer)}",
    ]  # fmt: skip
