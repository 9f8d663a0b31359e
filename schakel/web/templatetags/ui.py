"""The parts of which pages are made. The page `/ui` shows each of them; a misspelt argument fails at compile time."""

from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.forms.widgets import FileInput
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.intake import kinds
from schakel.intake.models import ReportState
from schakel.notices.models import FindingState, Severity, Via
from schakel.policy import sharing
from schakel.web import labels

register = template.Library()
ABSENT = "\N{EN DASH}"
SEVERITY_TONES = {0: "info", 1: "low", 2: "medium", 3: "high", 4: "critical"}
STATE_TONES = {
    FindingState.OPEN: "high",
    FindingState.PROMISED: "medium",
    FindingState.PRESUMED_FIXED: "low",
    FindingState.FIXED: "good",
}
REPORT_TONES = {ReportState.COMPOSED: "good", ReportState.REFUSED: "critical"}
BADGE = '<span class="utrecht-status-badge utrecht-status-badge--neutral badge badge--{}">{}</span>'
PROGRESS_WORDS = {"rows read": gettext_lazy("rows read"), "rows matched": gettext_lazy("rows matched")}
STYLES: tuple[tuple[type, str], ...] = (
    (Textarea, "utrecht-textarea utrecht-textarea--html-textarea"),
    (Select, "utrecht-select utrecht-select--html-select"),
    (CheckboxInput, "utrecht-checkbox utrecht-checkbox--html-input"),
    (FileInput, "file"),
)


@register.simple_block_tag
def card(content: SafeString, *, title: str = "", tone: str = "plain", level: int = 2) -> str:
    """A titled box around any content; tones: plain, quiet, warning, danger."""
    return render_to_string("ui/card.html", {"content": content, "title": title, "tone": tone, "level": level})


@register.simple_block_tag
def alert(content: SafeString, *, tone: str = "info", role: str = "") -> str:
    """A message that should be seen; tones: info, ok, warning, error."""
    return render_to_string("ui/alert.html", {"content": content, "tone": tone, "role": role})


@register.simple_block_tag
def table(content: SafeString, *, caption: str, is_caption_hidden: bool = False, cards: bool = False) -> str:
    """A table that scrolls in its own box; with `cards` its rows become blocks on a phone (cells carry data-label)."""
    context = {"content": content, "caption": caption, "is_caption_hidden": is_caption_hidden, "cards": cards}
    return render_to_string("ui/table.html", context)


@register.simple_block_tag
def disclosure(content: SafeString, *, summary: str, is_open: bool = False) -> str:
    """What not everybody needs at once, behind one line; works without script."""
    return render_to_string("ui/disclosure.html", {"content": content, "summary": summary, "is_open": is_open})


@register.simple_block_tag
def empty(content: SafeString, *, title: str) -> str:
    """What stands where a list has nothing, and what to do about it."""
    return render_to_string("ui/empty.html", {"content": content, "title": title})


@register.simple_tag
def tile(number: int, label: str, *, url: str = "", tone: str = "plain", note: str = "") -> str:
    """One figure with its name, and the way to the rows behind it; tones: plain, good, warning, danger."""
    context = {"number": number, "label": label, "url": url, "tone": tone, "note": note}
    return render_to_string("ui/tile.html", context)


@register.simple_tag
def badge(label: str, *, tone: str = "info") -> SafeString:
    """A word on a coloured ground; tones: info, low, medium, high, critical, good."""
    return format_html(BADGE, tone, label)  # A template each would be a third of the time of a long list.


@register.simple_tag
def severity(value: int) -> str:
    """A severity as a badge."""
    return badge(str(Severity(value).label), tone=SEVERITY_TONES[value])


@register.simple_tag
def finding_state(value: str) -> str:
    """A finding's state as a badge."""
    state = FindingState(value)
    return badge(str(state.label), tone=STATE_TONES.get(state, "info"))


@register.simple_tag
def report_state(value: str) -> str:
    """A report's state as a badge."""
    state = ReportState(value)
    return badge(str(state.label), tone=REPORT_TONES.get(state, "medium"))


@register.simple_tag
def via_label(value: str) -> str:
    """A way of reaching somebody, in words."""
    return str(Via(value).label)


@register.simple_tag
def progress_words(words: str) -> str:
    """What a step says of its progress, in the language of the page where we know the words."""
    return str(PROGRESS_WORDS.get(words, words))


@register.simple_tag
def tlp(value: str) -> SafeString:
    """A Traffic Light Protocol label, in the colours of TLP 2.0; never translated."""
    label = sharing.Tlp(value)
    colour = value.partition("+")[0]
    return format_html('<span class="tlp tlp--{}">{}</span>', colour, label.marking)


@register.filter
def kind_title(slug: str) -> str:
    """A kind's plain line in the language of the page."""
    return labels.kind_label(kinds.kind(slug))


@register.simple_tag
def moment(at: datetime | None, *, is_short: bool = False) -> SafeString | str:
    """A moment in the place's own time, readable by machines too; a dash where there is none."""
    if at is None:
        return ABSENT
    local = timezone.localtime(at)
    words = date_format(local, _("j M Y") if is_short else _("j M Y H:i"))
    return format_html('<time class="nowrap" datetime="{}">{}</time>', local.isoformat(timespec="minutes"), words)


@register.simple_tag
def crumb(label: str, url: str = "") -> SafeString:
    """One step of the way back; the page itself has no address."""
    if not url:
        return format_html('<li><span aria-current="page">{}</span></li>', label)
    return format_html('<li><a class="utrecht-link utrecht-link--html-a" href="{}">{}</a></li>', url, label)


@register.simple_tag
def field(bound: BoundField, *, note: str = "") -> str:
    """A form's field with its label, help and faults, tied together for those who hear the page."""
    widget = bound.field.widget
    context = {
        "bound": bound,
        "note": note,
        "control": bound.as_widget(attrs=_control_attributes(bound, note=note)),
        "is_choice": isinstance(widget, CheckboxInput) and not isinstance(widget, CheckboxSelectMultiple),
        "is_group": isinstance(widget, RadioSelect | CheckboxSelectMultiple),
    }
    return render_to_string("ui/field.html", context)


def _control_attributes(bound: BoundField, *, note: str) -> dict[str, Any]:
    default = "utrecht-textbox utrecht-textbox--html-input"
    style = next((style for kind, style in STYLES if isinstance(bound.field.widget, kind)), default)
    if isinstance(bound.field.widget, RadioSelect):
        return {}
    attributes: dict[str, Any] = {"class": f"{style} {'utrecht-textbox--invalid' if bound.errors else ''}".strip()}
    described = [f"{bound.auto_id}-help"] if bound.help_text or note else []
    if bound.errors:
        described.append(f"{bound.auto_id}-faults")
    return {**attributes, "aria-describedby": " ".join(described)} if described else attributes


@register.simple_tag
def pager(*, first_url: str = "", next_url: str = "", target: str = "") -> str:
    """The way through a long list: back to its start and on; `target` names the part that htmx replaces."""
    return render_to_string("ui/pager.html", {"first_url": first_url, "next_url": next_url, "target": target})


@register.simple_tag
def share(part: int, whole: int) -> str:
    """A part of a whole in words: `12 %`, and a dash where there is no whole."""
    return _("%(percent)d %%") % {"percent": round(100 * part / whole)} if whole else ABSENT
