"""Facts with a source and days: how pages show them."""

from collections.abc import Mapping
from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from schakel.registry.law import Origin
from schakel.web import labels
from schakel.web.templatetags.ui import badge

register = template.Library()


@register.filter
def in_words(words: Mapping[str, str]) -> str:
    """A text in the language of the page."""
    return words[labels.language()]


@register.simple_tag
def day(on: date | None) -> SafeString | str:
    """A day, readable by machines too; a dash where there is none."""
    if on is None:
        return "\N{EN DASH}"
    return format_html('<time class="nowrap" datetime="{}">{}</time>', on.isoformat(), date_format(on, _("j M Y")))


@register.simple_tag
def span(from_on: date | None, until_on: date | None) -> SafeString:
    """From the first day up to the day after the last."""
    words = _("{first} until {last}") if until_on else _("from {first}")
    return format_html(words, first=day(from_on), last=day(until_on))


@register.simple_tag
def origin(fact: Origin) -> SafeString:
    """Where a fact comes from and when somebody looked; uncertain ones are marked."""
    mark = "" if fact.is_certain else badge(_("uncertain"), tone="medium")
    words = _("checked %(day)s") % {"day": date_format(fact.checked_on, _("j M Y"))}
    return format_html('<span>{} {}<br><span class="soft small">{}</span></span>', fact.source, SafeString(mark), words)
