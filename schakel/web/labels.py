"""Words for the values of fixed lists, in the language of the page: sectors, regions, kinds and their natures."""

from collections.abc import Iterable, Mapping
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from schakel.intake.kinds import KINDS, NATURES, Kind
from schakel.registry.files.lists import facts

Choices = list[tuple[str, str]]
NATURE_LABELS: dict[str, Promise] = {
    "compromised": _("compromised"),
    "vulnerable": _("vulnerable"),
    "exposed": _("open to the internet"),
    "abuse": _("used for abuse"),
    "targeted": _("a target"),
}


def language() -> str:
    """The language of the page, of the two in which our lists are written."""
    return "en" if (get_language() or "").startswith("en") else "nl"


def kind_label(kind: Kind) -> str:
    """A kind's plain line."""
    return kind.title[language()]


def kinds() -> list[tuple[str, Choices]]:
    """Every kind, grouped by nature, gravest nature first."""
    return [(str(NATURE_LABELS[nature]), _of_nature(nature)) for nature in NATURES]


def _of_nature(nature: str) -> Choices:
    return _sorted((slug, kind_label(kind)) for slug, kind in KINDS.items() if kind.nature == nature)


def natures() -> Choices:
    """The natures, gravest first."""
    return [(nature, str(label)) for nature, label in NATURE_LABELS.items()]


def sectors() -> Choices:
    """The sectors of the law, by name."""
    return _sorted(_words("sectors", language()).items())


def regions() -> Choices:
    """The provinces, special municipalities and countries of the Kingdom, by name."""
    return _sorted(_words("regions", language()).items())


def partner_types() -> Choices:
    """The types of partners, by name."""
    return _sorted(_words("partner_types", language()).items())


def functions() -> Choices:
    """The functions of the network, in the order of the plan."""
    return list(_words("functions", language()).items())


def sections() -> Choices:
    """The sections of the SBI, by letter."""
    return [(letter, f"{letter} {name}") for letter, name in _words("sbi_sections", language()).items()]


def word(slug: str, *, of: str) -> str:
    """The word for one value of the list `of`; a value that is not on it (any more) stands for itself."""
    return _words(of, language()).get(slug, slug)


@cache
def _words(name: str, language: str) -> Mapping[str, str]:
    """A list's words by slug; a region has one name in every language. Long pages ask for some hundreds of words."""
    entries = ((slug, entry) for slug, entry in facts(name).items() if isinstance(entry, dict))
    return {slug: str(entry.get(language) or entry["name"]) for slug, entry in entries}


def _sorted(choices: Iterable[tuple[str, str]]) -> Choices:
    return sorted(choices, key=lambda choice: choice[1].casefold())
