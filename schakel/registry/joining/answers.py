"""What an applicant fills in, and what it must hold to be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import Invalid
from schakel.registry.criteria import criteria
from schakel.registry.models import AgreementRole, Language
from schakel.registry.partners.words_given import known, line, one_known, text, web_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an applicant fills in. `answers` holds a text per condition of the common list."""

    name: str
    type: str
    how: str
    functions: list[str]
    role: str
    contact_name: str
    contact_mail: str
    answers: Mapping[str, str]
    kvk: str = ""
    website: str = ""
    sectors: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    reach_count: int | None = None
    contact_phone: str = ""
    language: str = Language.DUTCH


def checked(given: Given) -> dict[str, Any]:
    """The fields of an application. Raises Invalid where an answer is missing or cannot be used."""
    if given.role not in AgreementRole.values:
        raise Invalid(_("choose a role."))
    return {
        "name": needed(line(given.name), _("give the name of your organisation.")),
        "kvk": _kvk(given.kvk),
        "website": web_address(given.website),
        "type": one_known(given.type, among="partner_types"),
        "how": needed(text(given.how), _("say how you make other organisations resilient.")),
        "functions": _some(known(given.functions, among="functions")),
        "role": given.role,
        "sectors": known(given.sectors, among="sectors"),
        "regions": known(given.regions, among="regions"),
        "reach_count": given.reach_count,
        "answers": _answers(given.answers),
        "contact_name": needed(line(given.contact_name), _("say whom we can talk to.")),
        "contact_mail": _mail(given.contact_mail),
        "contact_phone": line(given.contact_phone),
        "language": given.language if given.language in Language.values else Language.DUTCH,
    }


def needed(words: str, refusal: object) -> str:
    """The words. Raises Invalid with `refusal` where there are none."""
    if not words:
        raise Invalid(refusal)
    return words


def _some(functions: list[str]) -> list[str]:
    if not functions:
        raise Invalid(_("choose at least one function."))
    return functions


def _answers(given: Mapping[str, str]) -> dict[str, str]:
    answers = {one.slug: text(given.get(one.slug, "")) for one in criteria()}
    if not all(answers.values()):
        raise Invalid(_("answer the questions on trust, reciprocity and maturity."))
    return answers


def _kvk(number: str) -> str:
    number = number.replace(" ", "")
    if number and not (number.isascii() and number.isdigit() and len(number) == 8):  # noqa: PLR2004 - as KVK writes it
        raise Invalid(_("a KVK number has 8 digits."))
    return number


def _mail(address: str) -> str:
    try:
        validate_email(address.strip())
    except ValidationError:
        raise Invalid(_("this is not an e-mail address.")) from None
    return address.strip()
