"""Words and badges of the network: types, functions, sectors, regions, categories."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from schakel.registry.models import Category, MeasurementState, Partner, PartnerStanding
from schakel.web import labels
from schakel.web.templatetags.ui import badge

register = template.Library()
ABSENT = "\N{EN DASH}"
CATEGORY_TONES = {Category.CORE: "good", Category.ECOSYSTEM: "low", Category.CONNECTION: "info"}
MEASUREMENT_TONES = {
    MeasurementState.RUNNING: "medium",
    MeasurementState.CLOSED: "info",
    MeasurementState.PUBLISHED: "good",
}
STANDING_TONES = {
    PartnerStanding.PARTNER: "good",
    PartnerStanding.JOINING: "medium",
    PartnerStanding.PROSPECT: "info",
    PartnerStanding.LEFT: "high",
}


@register.filter
def type_label(slug: str) -> str:
    """A type of partner."""
    return labels.word(slug, of="partner_types")


@register.filter
def function_label(slug: str) -> str:
    """A function of the network."""
    return labels.word(slug, of="functions")


@register.filter
def function_labels(slugs: Iterable[str]) -> str:
    """Functions, with commas."""
    return _in_words(slugs, of="functions")


@register.filter
def sector_labels(slugs: Iterable[str]) -> str:
    """Sectors, with commas."""
    return _in_words(slugs, of="sectors")


@register.filter
def region_labels(codes: Iterable[str]) -> str:
    """Regions, with commas."""
    return _in_words(codes, of="regions")


@register.simple_tag
def category_badge(category: str) -> str:
    """Where a partner stands in the network."""
    if not category:
        return badge(_("not yet assessed"), tone="medium")
    found = Category(category)
    return badge(str(found.label), tone=CATEGORY_TONES[found])


@register.simple_tag
def standing_badge(partner: Partner) -> str:
    """How somebody stands to the network."""
    found = PartnerStanding(partner.standing)
    return badge(str(found.label), tone=STANDING_TONES[found])


@register.simple_tag
def on_day(day: date | None) -> SafeString | str:
    """A day, readable by machines too; a dash where there is none."""
    if day is None:
        return ABSENT
    return format_html('<time class="nowrap" datetime="{}">{}</time>', day.isoformat(), date_format(day, _("j M Y")))


def _in_words(slugs: Iterable[str], *, of: str) -> str:
    return ", ".join(labels.word(slug, of=of) for slug in slugs) or ABSENT


@register.filter
def sector_label(slug: str) -> str:
    """A sector."""
    return labels.word(slug, of="sectors")


@register.filter
def section_label(letter: str) -> str:
    """A section of the SBI."""
    return labels.word(letter, of="sbi_sections")


@register.filter
def region_label(code: str) -> str:
    """A region."""
    return labels.word(code, of="regions")


@register.filter
def named(names: dict[str, str], actor: str) -> str:
    """The name of who acted, where it is known."""
    return names.get(actor, actor)


@register.simple_tag
def measurement_state(value: str) -> str:
    """How far a measurement is, as a badge."""
    state = MeasurementState(value)
    return badge(str(state.label), tone=MEASUREMENT_TONES[state])


@register.simple_tag
def measured_words(field: str, words: Iterable[str]) -> str:
    """Words of one field of a measured party, with commas."""
    return MEASURED_WORDS[field](words)


def _categories(words: Iterable[str]) -> str:
    known = dict(Category.choices)
    return ", ".join(str(known.get(word, word)) for word in words) or ABSENT


MEASURED_WORDS = {
    "category": _categories,
    "functions": function_labels,
    "sectors": sector_labels,
    "regions": region_labels,
}


@register.filter
def in_parts(text: str) -> SafeString:
    """Plain words as paragraphs, and lines that begin with a hyphen as the items of a list."""
    runs = groupby(filter(None, map(str.strip, text.splitlines())), key=lambda line: line.startswith("- "))
    return format_html_join("", "{}", ((_items(lines) if is_list else _paragraphs(lines),) for is_list, lines in runs))


def _items(lines: Iterable[str]) -> SafeString:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line[2:],) for line in lines)))


def _paragraphs(lines: Iterable[str]) -> SafeString:
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))
