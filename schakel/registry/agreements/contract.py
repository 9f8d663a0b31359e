"""What stands in the documents of an agreement, in its own language: plain values for the layouts."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from schakel.registry import documents
from schakel.registry.agreements import terms
from schakel.registry.files.lists import facts
from schakel.registry.models import Agreement, AgreementRole, Language


def language_of(language: str) -> str:
    """The language of a text, of the two in which our terms are written."""
    return "en" if language == Language.ENGLISH else "nl"


def coordinator() -> str:
    """Who signs for the network, in the language that is on."""
    return settings.COORDINATOR or _("the coordinator of %(network)s") % {"network": settings.PLATFORM_NAME}


def function_names(functions: list[str], language: str) -> list[str]:
    """The names of functions in a language; one that is no longer on the list stands for itself."""
    listed = facts("functions")
    return [str(listed[one][language]) if one in listed else one for one in functions]


def document(agreement: Agreement, *, at: datetime) -> tuple[bytes, str]:
    """The document of an agreement, and its SHA-256. The same agreement at the same moment gives the same bytes."""
    with override(language_of(agreement.language)):
        content = documents.agreement_pdf(_values(agreement), at=at)
    return content, documents.digest_of(content)


def pairs(agreement: Agreement) -> list[tuple[str, str]]:
    """What the parties agreed beside the terms, as label and value, in the language that is on."""
    language = language_of((get_language() or "")[:2])
    listed: Iterator[tuple[str, str]] = iter(
        (
            (_("Partner"), agreement.partner.name),
            (_("Role"), str(AgreementRole(agreement.role).label)),
            (_("Functions"), ", ".join(function_names(agreement.functions, language))),
            (_("Promised effort"), agreement.effort),
            (_("Activities"), agreement.activities),
            (_("From"), _day(agreement.from_on)),
            (_("Until (not including)"), _day(agreement.until_on) if agreement.until_on else _("no end agreed")),
        )
    )
    found = list(listed)
    if agreement.amends is not None:
        found.append((_("Takes the place of"), _("the agreement of %(day)s") % {"day": _day(agreement.amends.from_on)}))
    return found


def _values(agreement: Agreement) -> dict[str, object]:
    template, language = agreement.template, language_of(agreement.language)
    if template is None:
        raise ValueError("an agreement without terms has no document")
    number = f"{settings.PLATFORM_NAME} {agreement.pk}"
    version = _("terms for %(role)s, version %(version)d") % {
        "role": AgreementRole(template.role).label,
        "version": template.version,
    }
    return {
        "title": _("Addendum to a cooperation agreement") if agreement.amends_id else _("Cooperation agreement"),
        "author": settings.PLATFORM_NAME,
        "lang": language,
        "footer": f"{number}, {version}",
        "opening": _("%(network)s and %(partner)s agree as follows.")
        % {"network": coordinator(), "partner": agreement.partner.name},
        "facts": pairs(agreement),
        "blocks": [asdict(block) for block in terms.blocks(terms.text_of(template, language))],
        "signing_title": _("Signing"),
        "signing": _(
            "Both parties sign on paper or on the page of this agreement. On the page is kept who signed, in what "
            "position, when, and the SHA-256 of this document."
        ),
        "parties": [
            {"name": coordinator(), "side": _("for the network"), "caption": _("name, position, day")},
            {"name": agreement.partner.name, "side": _("for the partner"), "caption": _("name, position, day")},
        ],
        "origin": terms.origin_of(template, language),
    }


def _day(on: date | datetime) -> str:
    shown = timezone.localtime(on) if isinstance(on, datetime) else on
    return date_format(shown, "j F Y")
