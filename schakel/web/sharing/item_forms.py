"""What is asked of whoever writes an item: its facts, its texts, what it speaks of, and to whom it goes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.kit.refusals import Invalid
from schakel.policy.access import Actor, Permission
from schakel.policy.sharing import Pap, Tlp, actions_label
from schakel.registry import law
from schakel.registry.models import Partner
from schakel.registry.partners.words_given import NAME_LIMIT
from schakel.sharing.document import Document, Text
from schakel.sharing.items import editing
from schakel.sharing.items.terms import SharingTerms
from schakel.sharing.models import Circle, CircleMember
from schakel.sharing.words import Chance, Credibility, ItemKind, Phase, Reader, Reliability
from schakel.web import labels
from schakel.web.sharing.words import PAP_ALLOWS, TLP_ALLOWS

LIMIT = 100_000
LINES_LIMIT = 1_000_000
LANGUAGES = (("nl", "Nederlands"), ("en", "English"), ("pap", "Papiamentu"))
DESK = "desk"
LISTS = ("weaknesses", "products", "references", "indicators")


def _text(label: Any, *, rows: int = 3, limit: int = LIMIT, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=limit, widget=widget, help_text=help_text)


def _choice(label: Any, choices: Any, *, help_text: Any = "") -> forms.ChoiceField:
    given = [("", gettext_lazy("not said")), *choices]
    return forms.ChoiceField(label=label, choices=given, required=False, help_text=help_text)


def _moment(label: Any, *, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    return forms.DateTimeField(label=label, required=False, widget=widget, input_formats=formats, help_text=help_text)


class Kept(forms.Form):
    """A form that can come back as it was filled in, without a word about what is not right yet."""

    def without_faults(self) -> None:
        """Say nothing of faults: nobody has said that it is ready."""
        self._errors = ErrorDict()


class TextForm(Kept):
    """One text, for one kind of reader, in one language."""

    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=300)
    summary = _text(gettext_lazy("In short"), rows=2, help_text=gettext_lazy("What it is, in one or two sentences."))
    action = _text(
        gettext_lazy("What the reader can do"),
        rows=4,
        help_text=gettext_lazy("The steps, in order of weight. Markdown may be used."),
    )
    body = _text(gettext_lazy("What it is about"), rows=8, help_text=gettext_lazy("Markdown may be used."))

    def __init__(self, given: Any, *, reader: str, language: str, start: dict[str, str]) -> None:
        super().__init__(given, prefix=f"text-{reader}-{language}", initial=start)
        self.reader, self.language = reader, language

    @property
    def heading(self) -> str:
        """For whom, and in which language."""
        return f"{Reader(self.reader).label} ({dict(LANGUAGES).get(self.language, self.language)})"

    def text(self) -> Text:
        """What was filled in."""
        return Text(reader=self.reader, language=self.language, **self.cleaned_data)


class ItemForm(Kept):
    """All but the texts and the addresses."""

    owner = forms.ChoiceField(label=gettext_lazy("In whose name"))
    circle = forms.ChoiceField(
        label=gettext_lazy("In a circle"),
        required=False,
        help_text=gettext_lazy("What is in a circle stays in it. This cannot be changed later."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ItemKind.choices)
    tlp = forms.ChoiceField(label=gettext_lazy("Label (TLP)"), widget=forms.RadioSelect)
    pap = forms.ChoiceField(label=gettext_lazy("What may be done with it (PAP)"), required=False)
    phase = forms.ChoiceField(label=gettext_lazy("Phase"), choices=Phase.choices, required=False)
    probability = _choice(gettext_lazy("Probability"), Chance.choices)
    damage = _choice(gettext_lazy("Damage"), Chance.choices)
    reliability = _choice(gettext_lazy("How reliable is the source?"), Reliability.choices)
    credibility = _choice(gettext_lazy("How credible is the information?"), Credibility.choices)
    publisher = forms.CharField(label=gettext_lazy("Source"), required=False, max_length=NAME_LIMIT)
    contributors = _text(gettext_lazy("Contributors"), rows=2, help_text=gettext_lazy("A name on each line."))
    no_action_reason = forms.CharField(
        label=gettext_lazy("Why is there nothing to do?"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Only where no text says what the reader can do."),
    )
    weaknesses = _text(
        gettext_lazy("Weaknesses"),
        limit=LINES_LIMIT,
        help_text=gettext_lazy("A CVE number on each line; behind it a score or a CVSS vector, if you know it."),
    )
    products = _text(
        gettext_lazy("Products"),
        limit=LINES_LIMIT,
        help_text=gettext_lazy("One on each line: vendor; name; version; status."),
    )
    references = _text(
        gettext_lazy("References"),
        limit=LINES_LIMIT,
        help_text=gettext_lazy("A web address on each line, and behind it what stands there."),
    )
    indicators = _text(
        gettext_lazy("Indicators"),
        rows=5,
        limit=LINES_LIMIT,
        help_text=gettext_lazy("One on each line. Written so that nobody clicks (hxxp, [.]) is fine."),
    )
    valid_from = _moment(gettext_lazy("Valid from"))
    valid_until = _moment(gettext_lazy("Valid until"))
    embargo_until = _moment(
        gettext_lazy("Embargo until"), help_text=gettext_lazy("Before that nobody else sees it, also when published.")
    )
    holds_personal_data = forms.BooleanField(label=gettext_lazy("It holds personal data"), required=False)
    legal_basis = forms.ChoiceField(
        label=gettext_lazy("Legal ground"),
        required=False,
        help_text=gettext_lazy("Needed where it holds personal data."),
    )
    is_statutory = forms.BooleanField(label=gettext_lazy("This is a task that the law gives us"), required=False)
    change = forms.CharField(
        label=gettext_lazy("What is new in this version?"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("For those who read the version before it."),
    )

    def __init__(self, *given: Any, actor: Actor, is_new: bool, keeps_indicators: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        self.keeps_indicators = keeps_indicators
        choices: dict[str, Any] = {
            "owner": owners(actor),
            "circle": [("", _("in no circle")), *_circles(actor)],
            "tlp": [(one.value, f"{one.marking}: {TLP_ALLOWS[one]}") for one in Tlp],
            "pap": [("", _("not said")), *((one.value, f"{one.marking}: {PAP_ALLOWS[one]}") for one in Pap)],
            "legal_basis": [("", _("none")), *_bases()],
        }
        for name, given_choices in choices.items():
            self.fields[name].choices = given_choices  # type: ignore[attr-defined]
        for name in ("owner", "circle") if not is_new else ("change",):
            del self.fields[name]
        if keeps_indicators:
            del self.fields["indicators"]

    def document(self, base: Document, texts: tuple[Text, ...]) -> Document:
        """The document of before with what was filled in. Raises Invalid, saying which list and which line."""
        said = self.cleaned_data
        written = tuple(one for one in texts if one.title or one.summary or one.action or one.body)
        title = next((one.title for one in written if one.title), "")
        same = (
            "kind",
            "phase",
            "probability",
            "damage",
            "reliability",
            "credibility",
            "publisher",
            "valid_from",
            "valid_until",
        )
        return replace(
            base,
            **{name: said[name] for name in same},
            **self._lists(base),
            title=title,
            texts=written,
            contributors=tuple(filter(None, map(str.strip, said["contributors"].splitlines()))),
            marking=replace(
                base.marking, tlp=Tlp(said["tlp"]), pap=actions_label(said["pap"]) if said["pap"] else None
            ),
        )

    def _lists(self, base: Document) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in LISTS:
            if name not in self.fields:
                continue
            try:
                found[name] = getattr(editing, name)(self.cleaned_data[name], before=getattr(base, name))
            except Invalid as refused:
                self.add_error(name, " ".join(map(str, refused.args)))
        if self.errors:
            raise Invalid
        return found

    def terms(self, addresses: tuple[str, ...]) -> SharingTerms:
        """How it is to be shared."""
        same = ("legal_basis", "is_statutory", "holds_personal_data", "no_action_reason", "embargo_until")
        said = self.cleaned_data
        return SharingTerms(tlp=Tlp(said["tlp"]), addresses=addresses, **{name: said[name] for name in same})


def initial(document: Document, terms: SharingTerms, *, keeps_indicators: bool) -> dict[str, Any]:
    """A version as the form shows it."""
    same = (
        "kind",
        "phase",
        "probability",
        "damage",
        "reliability",
        "credibility",
        "publisher",
        "valid_from",
        "valid_until",
    )
    ours = ("legal_basis", "is_statutory", "holds_personal_data", "no_action_reason", "embargo_until")
    lines = {
        name: "\n".join(
            filter(None, (getattr(editing, f"{LINE_OF[name]}_line")(one) for one in getattr(document, name)))
        )
        for name in LISTS
        if name != "indicators" or not keeps_indicators
    }
    return {
        **{name: _local(getattr(document, name)) for name in same},
        **{name: _local(getattr(terms, name)) for name in ours},
        **lines,
        "tlp": terms.tlp.value,
        "pap": document.marking.pap or "",
        "contributors": "\n".join(document.contributors),
    }


LINE_OF: Mapping[str, str] = {
    "weaknesses": "weakness", "products": "product", "references": "reference", "indicators": "indicator",
}  # fmt: skip


def owners(actor: Actor) -> list[tuple[str, str]]:
    """In whose name the actor writes: its partners', the desk's."""
    reach = actor.reach(Permission.ITEM_EDIT)
    partners = Partner.objects.filter(pk__in=reach.partner_ids).order_by("name")
    desk = [(DESK, _("the coordinator's desk"))] if reach.is_everything else []
    return [*desk, *((str(one.pk), one.name) for one in partners)]


def _circles(actor: Actor) -> list[tuple[str, str]]:
    mine = Circle.objects.filter(pk__in=CircleMember.objects.of(actor).values("circle")).order_by("name")
    return [(str(one.pk), one.name) for one in mine]


def _bases() -> list[tuple[str, str]]:
    return [(one.rule.slug, one.title[labels.language()]) for one in law.choosable(timezone.localdate())]


def _local(value: object) -> object:
    return timezone.localtime(value) if isinstance(value, datetime) else value
