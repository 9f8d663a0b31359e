"""A personal letter that asks somebody to join: what the network brings, what it asks (build plan, section 7.1)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Actor, Permission
from schakel.registry import documents
from schakel.registry.agreements import contract, terms
from schakel.registry.models import Prospect
from schakel.registry.partners.words_given import known, line, text

FOLDER = Path(__file__).with_name("texts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What the letter has to say to whom."""

    name: str
    addressee: str
    functions: list[str]
    language: str
    personal: str
    sender: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter as text and as PDF/A."""

    subject: str
    body: str
    pdf: bytes


@transaction.atomic
def invite(*, invitation: Invitation, by: Actor, at: datetime, prospect: Prospect | None = None) -> Letter:
    """Write the letter; for a prospect, that it was contacted is remembered. Nothing is sent.

    Raises NotPermitted, Invalid without name, addressee, functions or sender.
    """
    permit(by.may(Permission.APPLICATION_MANAGE))
    if not all(line(one) for one in (invitation.name, invitation.addressee, invitation.sender)):
        raise Invalid(_("say who is invited, to whom the letter goes, and who signs it."))
    if not known(invitation.functions, among="functions"):
        raise Invalid(_("choose at least one function."))
    letter = _letter(invitation, at)
    if prospect is not None:
        Prospect.objects.filter(pk=prospect.pk).update(contacted_on=timezone.localdate(at))
    record("registry.invitation.written", by=by, at=at, on=prospect)
    return letter


def _letter(invitation: Invitation, at: datetime) -> Letter:
    language = contract.language_of(invitation.language)
    with override(language):
        day, sender = date_format(timezone.localtime(at), "j F Y"), contract.coordinator()
    names = contract.function_names(known(invitation.functions, among="functions"), language)
    template = (FOLDER / f"invitation.{language}.txt").read_text(encoding="utf-8")
    filled = template.format_map(
        {
            "name": line(invitation.name),
            "addressee": line(invitation.addressee),
            "functions": "\n".join(f"- {one}" for one in names),
            "personal": text(invitation.personal),
            "platform": settings.PLATFORM_NAME,
            "url": f"{settings.BASE_URL}/join",
            "sender": line(invitation.sender),
        }
    )
    subject, _rest, body = filled.partition("\n")
    parts = [asdict(one) for one in terms.blocks(body)]
    values = {
        "title": subject.strip(), "author": settings.PLATFORM_NAME, "lang": language, "footer": settings.PLATFORM_NAME,
        "sender": sender, "address": [line(invitation.name), line(invitation.addressee)], "day": day,
        "blocks": parts, "closing": [line(invitation.sender), sender],
    }  # fmt: skip
    return Letter(subject.strip(), body.strip(), documents.letter_pdf(values, at=at))
