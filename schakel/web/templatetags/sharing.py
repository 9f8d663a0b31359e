"""What pages of shared items say of them."""

from datetime import datetime

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schakel.policy.sharing import Tlp, actions_label, label
from schakel.sharing import indicators
from schakel.sharing.audience.parties import Party
from schakel.sharing.document import Indicator, Product, Reference, Weakness
from schakel.sharing.items.editing import STATUSES
from schakel.sharing.models import SharedItem
from schakel.sharing.words import Chance, Credibility, IndicatorKind, ItemKind, ItemState, Phase, Reader, Reliability
from schakel.web import markdown
from schakel.web.sharing import words
from schakel.web.templatetags.ui import badge

register = template.Library()
CHANCE_TONES = {Chance.HIGH: "high", Chance.MEDIUM: "medium", Chance.LOW: "low"}
STATE_TONES = {ItemState.PUBLISHED: "good", ItemState.RETRACTED: "critical", ItemState.IN_REVIEW: "medium"}
CHOICES = {
    "kind": ItemKind, "phase": Phase, "probability": Chance, "damage": Chance, "reliability": Reliability,
    "credibility": Credibility, "state": ItemState, "reader": Reader, "indicator": IndicatorKind,
}  # fmt: skip
SEPARATOR = " \N{MIDDLE DOT} "


@register.filter
def rendered(text: str) -> SafeString:
    """Markdown as HTML, under a heading of the second level."""
    return markdown.rendered(text, level=2)


@register.simple_tag
def marking(tlp: str) -> SafeString:
    """The label of a whole page, at its top and at its bottom (TLP 2.0, section 2); never translated."""
    known = label(tlp) or Tlp.RED
    colour = known.value.partition("+")[0]
    return format_html('<p class="marking marking--{}"><strong>{}</strong></p>', colour, known.marking)


@register.simple_tag
def one_of(value: str, among: str) -> str:
    """A value of one of the lists of sharing in words; what is on none stands for itself."""
    choices = CHOICES[among]
    return str(choices(value).label) if value in choices.values else value


@register.simple_tag
def item_state(value: str) -> str:
    """An item's state as a badge."""
    state = ItemState(value)
    return badge(str(state.label), tone=STATE_TONES.get(state, "info"))


@register.simple_tag
def chance(probability: str, damage: str) -> SafeString:
    """Probability and damage in words, each with the colour of its weight; nothing where neither is said."""
    parts = [
        badge(said % {"weight": Chance(value).label}, tone=CHANCE_TONES[Chance(value)])
        for said, value in ((_("probability: %(weight)s"), probability), (_("damage: %(weight)s"), damage))
        if value in Chance.values
    ]
    return format_html_join(" ", "{}", ((part,) for part in parts))


@register.simple_tag
def tlp_for_readers(tlp: str) -> str:
    """What a reader may do with it under this label."""
    return str(words.TLP_FOR_READERS[label(tlp) or Tlp.RED])


@register.simple_tag
def pap_marking(pap: str) -> str:
    """The label of permissible actions, as it is written."""
    known = actions_label(pap)
    return known.marking if known else pap


@register.simple_tag
def pap_allows(pap: str) -> str:
    """What a reader may do with indicators under this label."""
    known = actions_label(pap)
    return str(words.PAP_ALLOWS[known]) if known else ""


@register.filter
def defanged(one: Indicator) -> str:
    """An indicator as it may be shown: nothing makes a link of it."""
    return indicators.defanged(one.value) if one.value else one.pattern


@register.filter
def listed(one: object) -> str:
    """A weakness, a product or a reference on one line."""
    match one:
        case Weakness():
            parts = [
                one.cve or one.name,
                one.name if one.cve else "",
                one.cwe,
                f"CVSS {one.score}" if one.score else "",
            ]
        case Product():
            parts = [f"{one.vendor} {one.name} {one.version}".strip(), one.cpe, one.purl, status(one.status)]
        case Reference():
            parts = [one.summary, one.url]
        case datetime():
            parts = [one.date().isoformat()]
        case tuple() | list():
            parts = [", ".join(map(str, one))]
        case _:
            parts = [str(one or "")]
    return SEPARATOR.join(filter(None, parts)) or "\N{EN DASH}"


@register.filter
def status(value: str) -> str:
    """What an advisory says of a product, in words."""
    return str(STATUSES.get(value, value))


@register.filter
def language_name(code: str) -> str:
    """The name of a language in that language, of those in which we write; another by its code."""
    return {"nl": "Nederlands", "en": "English", "pap": "Papiamentu"}.get(code, code)


@register.filter
def is_web(one: Reference) -> bool:
    """Whether its address may be a link: nothing but the web is one."""
    return one.url.startswith(("https://", "http://"))


@register.simple_tag
def from_whom(item: SharedItem, publisher: str = "") -> str:
    """From whom an item came: its source, or else its owner."""
    owner = item.owner.name if item.owner else settings.PLATFORM_NAME
    return publisher or item.publisher or owner


@register.simple_tag
def party_tile(party: str, count: int) -> str:
    """A sort of recipients, as many as there are."""
    said = {
        Party.PARTNER: ngettext("partner", "partners", count),
        Party.ORGANISATION: ngettext("organisation with an account", "organisations with an account", count),
        Party.PERSON: ngettext("person by name", "people by name", count),
        Party.DESK: _("the coordinator's desk"),
    }
    return said[Party(party)]


@register.filter
def minus(count: int, named: list[object]) -> int:
    """How many are left beside those that are named."""
    return max(count - len(named), 0)


@register.simple_tag
def group_is_open(boxes: list[tuple[str, str, bool]]) -> bool:
    """Whether something in a group is ticked, so that it must be seen."""
    return any(is_on for _address, _words, is_on in boxes)


@register.simple_tag
def fact_name(name: str) -> str:
    """What is compared, in words."""
    said = {
        "title": _("Title"),
        "kind": _("Kind"),
        "phase": _("Phase"),
        "probability": _("Probability"),
        "damage": _("Damage"),
        "reliability": _("The source"),
        "credibility": _("The information"),
        "publisher": _("Source"),
        "contributors": _("Contributors"),
        "valid_from": _("Valid from"),
        "valid_until": _("Valid until"),
        "weaknesses": _("Weaknesses"),
        "products": _("Products"),
        "references": _("References"),
        "summary": _("In short"),
        "action": _("What you can do"),
        "body": _("What it is about"),
    }
    return said[name]


@register.simple_tag
def fact(name: str, value: object) -> str:
    """The value of what is compared, in words."""
    return one_of(str(value), name) if name in CHOICES else listed(value)
