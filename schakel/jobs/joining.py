"""Joining as jobs: applicants, the desk, signatories and partners are written to; what waits or ends is seen to."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override
from procrastinate.contrib.django import app

from schakel.people import mailing
from schakel.people.models import MailTopic
from schakel.policy.access import SYSTEM
from schakel.post import actions as post
from schakel.post.messages import Message
from schakel.registry.agreements import contract, ending, renewing
from schakel.registry.joining import letters, links, reminding
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


@app.task(name="joining.tell_desk", queue="outgoing")
def tell_desk(*, application_id: int, occasion: str, key: str, **_later_arguments: object) -> None:
    """Write to those at the desk who want it that somebody applied or answered: its name and a link, no more."""
    application = Application.objects.get(pk=application_id)
    where = {"name": application.name, "url": links.desk_url(application)}
    _send_to_desk(f"application:{application.pk}:desk:{key}", f"desk-{occasion}", **where)


@app.task(name="joining.remind_desk", queue="outgoing")
def remind_desk(*, day: str, **_later_arguments: object) -> None:
    """Write to those at the desk who want it which applications wait too long."""
    names = [application.name for application in Application.objects.waiting_long(timezone.now())]
    said = {"count": len(names), "names": "\n".join(f"- {name}" for name in names), "days": settings.APPLICATION_DAYS}
    if names:
        _send_to_desk(f"applications:waiting:{day}", "desk-waiting", url=links.desk_url(), **said)


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
def tell_renewal(*, agreement_id: int, occasion: str = "renewal", key: str = "", **_later_arguments: object) -> None:
    """Write to a partner that its agreement ends, or that it will not be renewed and why."""
    agreement = Agreement.objects.select_related("partner").get(pk=agreement_id)
    contact = (
        Contact.objects.filter(partner=agreement.partner_id, channel="mail").order_by("-is_verified", "pk").first()
    )
    if contact is None or agreement.until_on is None:
        return
    with override(contract.language_of(contact.language)):
        day = date_format(agreement.until_on, "j F Y")
    said = {"name": agreement.partner.name, "day": day, "words": agreement.renewal_words}
    subject, body = letters.letter(occasion, contact.language, **said)
    key = f"agreement:{agreement.pk}:{occasion}:{key or agreement.until_on.isoformat()}"
    _send(key, contact.address, contact.language, subject, body)


@app.task(name="joining.look_after", queue="default")
def look_after(timestamp: int = 0, **_later_arguments: object) -> None:  # noqa: ARG001 - periodic jobs get one
    """Remind of applications that wait too long and agreements that end soon, and end those that are over."""
    reminding.remind(by=SYSTEM, at=timezone.now())
    renewing.remind(by=SYSTEM, at=timezone.now())
    ending.expire(by=SYSTEM, at=timezone.now())


def _words(application: Application, occasion: str) -> str:
    """The words of the decision, or of the question that was asked last: they do not lie in the queue."""
    if occasion != "asked":
        return application.decision
    asked = application.messages.filter(is_from_applicant=False).order_by("-pk").first()
    return asked.words if asked else ""


def _send_to_desk(key: str, occasion: str, **said: object) -> None:
    for user in mailing.wanting(MailTopic.APPLICATIONS):
        choice = f"{settings.BASE_URL}/account/mail"
        subject, body = letters.letter(occasion, user.language, choice_url=choice, **said)
        _send(f"{key}:{user.pk}", user.email, user.language, subject, body)


def _send(key: str, address: str, language: str, subject: str, body: str) -> None:
    message = Message(key=key, address=address, language=language, subject=subject, body=body)
    post.hand_over([message], by=SYSTEM, at=timezone.now())
