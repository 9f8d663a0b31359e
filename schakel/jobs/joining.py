"""Joining as jobs: applicants, signatories and partners are written to, and agreements are looked after each night."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override
from procrastinate.contrib.django import app

from schakel.policy.access import SYSTEM
from schakel.post import actions as post
from schakel.post.messages import Message
from schakel.registry.agreements import contract, ending, renewing
from schakel.registry.joining import letters, links
from schakel.registry.models import Agreement, Application, Contact


@app.task(name="joining.tell_applicant", queue="outgoing")
def tell_applicant(*, application_id: int, occasion: str, key: str, **_later_arguments: object) -> None:
    """Write to an applicant what happened to the application."""
    application = Application.objects.get(pk=application_id)
    partners = ", ".join(application.referred_to.order_by("name").values_list("name", flat=True))
    lines = {"nl": "U kunt terecht bij: {}.\n", "en": "You can turn to: {}.\n"}
    subject, body = letters.letter(
        occasion,
        application.language,
        name=application.name,
        contact=application.contact_name,
        words=_words(application, occasion),
        url=links.application_url(application),
        referral=lines[contract.language_of(application.language)].format(partners) if partners else "",
    )
    _send(f"application:{application.pk}:{key}", application.contact_mail, application.language, subject, body)


@app.task(name="joining.tell_signatory", queue="outgoing")
def tell_signatory(
    *, agreement_id: int, link_number: int, occasion: str = "offered", **_later_arguments: object
) -> None:
    """Send who signs for a partner the link to the offer, or the word that both have signed."""
    agreement = Agreement.objects.select_related("partner", "document").get(pk=agreement_id)
    if agreement.link_number != link_number or agreement.offered_at is None:  # Taken back meanwhile.
        return
    until = timezone.localdate(agreement.offered_at + timedelta(days=settings.LINK_DAYS - 1))
    with override(contract.language_of(agreement.language)):
        days = {"day": date_format(agreement.from_on, "j F Y"), "until": date_format(until, "j F Y")}
    subject, body = letters.letter(
        occasion,
        agreement.language,
        name=agreement.partner.name,
        contact=agreement.signatory,
        url=links.agreement_url(agreement),
        digest=agreement.document.digest,
        **days,
    )
    key = f"agreement:{agreement.pk}:{link_number}:{occasion}"
    _send(key, agreement.signatory_mail, agreement.language, subject, body)


@app.task(name="joining.tell_renewal", queue="outgoing")
def tell_renewal(*, agreement_id: int, **_later_arguments: object) -> None:
    """Remind a partner that its agreement ends."""
    agreement = Agreement.objects.select_related("partner").get(pk=agreement_id)
    contact = (
        Contact.objects.filter(partner=agreement.partner_id, channel="mail").order_by("-is_verified", "pk").first()
    )
    if contact is None or agreement.until_on is None:
        return
    with override(contract.language_of(contact.language)):
        day = date_format(agreement.until_on, "j F Y")
    subject, body = letters.letter("renewal", contact.language, name=agreement.partner.name, day=day)
    key = f"agreement:{agreement.pk}:renewal:{agreement.until_on.isoformat()}"
    _send(key, contact.address, contact.language, subject, body)


@app.task(name="joining.look_after", queue="default")
def look_after(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Remind of agreements that end soon, and end those that are over."""
    renewing.remind(by=SYSTEM, at=timezone.now())
    ending.expire(by=SYSTEM, at=timezone.now())


def _words(application: Application, occasion: str) -> str:
    """The words of the decision, or of the question that was asked last: they do not lie in the queue."""
    if occasion != "asked":
        return application.decision
    asked = application.messages.filter(is_from_applicant=False).order_by("-pk").first()
    return asked.words if asked else ""


def _send(key: str, address: str, language: str, subject: str, body: str) -> None:
    message = Message(key=key, address=address, language=language, subject=subject, body=body)
    post.hand_over([message], by=SYSTEM, at=timezone.now())
