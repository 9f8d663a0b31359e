"""What is said of an initiative, checked once for every door: form, file and program."""

from dataclasses import dataclass, replace
from functools import partial

from django.utils.translation import gettext_lazy as _

from schakel.collaboration.models import InitiativeKind
from schakel.kit.refusals import Invalid
from schakel.registry.files.lists import slugs
from schakel.registry.models import Partner
from schakel.registry.partners.words_given import NAME_LIMIT, line, text, web_address

YEARS = range(1980, 2101)
"""Years that an initiative may begin or end in; others are slips of the hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is said of an initiative. The owner is a partner, or by name a body outside the network, or not known."""

    name: str
    kind: str
    name_en: str = ""
    about: str = ""
    about_en: str = ""
    audience: str = ""
    functions: tuple[str, ...] = ()
    owner: Partner | None = None
    owner_name: str = ""
    url: str = ""
    seeks: str = ""
    began_in: int | None = None
    ended_in: int | None = None


def checked(given: Description) -> Description:
    """The description with its texts tidied.

    Raises Invalid for no name, an unknown kind or function, an address that is no web address, years that cannot be
    or run backwards, and two owners at once.
    """
    short = partial(line, limit=NAME_LIMIT)
    tidy = replace(
        given,
        name=short(given.name),
        name_en=short(given.name_en),
        about=text(given.about),
        about_en=text(given.about_en),
        audience=short(given.audience),
        owner_name=short(given.owner_name),
        url=web_address(given.url),
        seeks=text(given.seeks),
    )
    _check_words(tidy)
    _check_years(tidy)
    return tidy


def _check_words(given: Description) -> None:
    if not given.name:
        raise Invalid(_("give the initiative a name."))
    if given.kind not in InitiativeKind.values:
        raise Invalid(_("this kind of initiative is not known:"), given.kind)
    if strangers := sorted(set(given.functions) - set(slugs("functions"))):
        raise Invalid(_("this function is not known:"), ", ".join(strangers))
    if given.owner is not None and given.owner_name:
        raise Invalid(_("choose a partner as owner or name a body outside the network, not both."))


def _check_years(given: Description) -> None:
    years = [year for year in (given.began_in, given.ended_in) if year is not None]
    if any(year not in YEARS for year in years):
        raise Invalid(_("this year cannot be right."))
    if years != sorted(years):
        raise Invalid(_("the last year lies before the first."))


def reason_of(words: str) -> str:
    """A reason, in words. Raises Invalid for none."""
    words = text(words)
    if not words:
        raise Invalid(_("give a reason, so that a colleague can follow it."))
    return words
