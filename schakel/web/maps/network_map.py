"""The map of the network: a picture, the same as a list, and as files."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schakel.oversight.network import Asked, Grouping, Kind, Network, Node, Tie, TieKind, laid_out, network
from schakel.oversight.network.exports import Drawn, Format, as_json, exported
from schakel.policy.access import Permission
from schakel.registry.models import Category
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.maps import network_picture
from schakel.web.middleware import Request
from schakel.web.streams import stream

SIZE = 50
TYPES = {Format.JSON: "application/json", Format.GRAPHML: "application/graphml+xml", Format.SVG: "image/svg+xml"}
KINDS: dict[Kind, Promise] = {
    Kind.FUNCTION: gettext_lazy("function"),
    Kind.PARTNER: gettext_lazy("partner"),
    Kind.PROSPECT: gettext_lazy("prospect"),
    Kind.INITIATIVE: gettext_lazy("initiative"),
}
MANY: dict[Kind, Promise] = {
    Kind.FUNCTION: gettext_lazy("functions"),
    Kind.PARTNER: gettext_lazy("partners"),
    Kind.PROSPECT: gettext_lazy("prospects"),
    Kind.INITIATIVE: gettext_lazy("initiatives"),
}
GROUPINGS: dict[Grouping, Promise] = {
    Grouping.TYPE: gettext_lazy("type"),
    Grouping.CATEGORY: gettext_lazy("category"),
    Grouping.SECTOR: gettext_lazy("sector"),
    Grouping.REGION: gettext_lazy("region"),
}
FORWARD: dict[TieKind, Promise] = {
    TieKind.INFORMS: gettext_lazy("informs for"),
    TieKind.CONTRIBUTES: gettext_lazy("contributes to"),
    TieKind.LEADS: gettext_lazy("leads"),
    TieKind.SUITS: gettext_lazy("would suit"),
    TieKind.GIVES: gettext_lazy("gives to"),
    TieKind.SERVES: gettext_lazy("serves"),
    TieKind.OWNS: gettext_lazy("owns"),
    TieKind.TAKES_PART: gettext_lazy("takes part in"),
    TieKind.WORKS_ON: gettext_lazy("works on"),
}
"""What a tie says of its first end."""
BACKWARD: dict[TieKind, Promise] = {
    TieKind.INFORMS: gettext_lazy("is informed for by"),
    TieKind.CONTRIBUTES: gettext_lazy("is contributed to by"),
    TieKind.LEADS: gettext_lazy("is led by"),
    TieKind.SUITS: gettext_lazy("would be suited by"),
    TieKind.GIVES: gettext_lazy("gets from"),
    TieKind.SERVES: gettext_lazy("is served by"),
    TieKind.OWNS: gettext_lazy("is owned by"),
    TieKind.TAKES_PART: gettext_lazy("is taken part in by"),
    TieKind.WORKS_ON: gettext_lazy("is worked on by"),
}
"""What a tie says of its second end."""
PAGES = {Kind.FUNCTION: "function", Kind.PARTNER: "partner", Kind.PROSPECT: "prospect", Kind.INITIATIVE: "initiative"}
"""The page of a node, by the name of its address."""
NAMES_AT_ONCE = 8
FIRST_FIELDS = ("words", "function", "group")
"""The filters that are always in sight; the others are behind a button."""


class MapFilter(forms.Form):
    """Which part of the network, and how it is grouped."""

    words = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=100)
    function = forms.ChoiceField(label=gettext_lazy("Function"), required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type of partner"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("Group by"), required=False)
    with_prospects = forms.BooleanField(label=gettext_lazy("Prospects too"), required=False)

    def __init__(self, request: Request) -> None:
        super().__init__(request.GET)
        sees_prospects = request.actor.reach(Permission.PROSPECT_VIEW).is_everything
        kinds = [(kind.value, label) for kind, label in KINDS.items() if sees_prospects or kind != Kind.PROSPECT]
        choices: dict[str, Iterable[tuple[str, object]]] = {
            "function": labels.functions(),
            "sector": labels.sectors(),
            "region": labels.regions(),
            "category": Category.choices,
            "type": labels.partner_types(),
            "kind": kinds,
        }
        for name, shown in choices.items():
            self.fields[name].choices = [("", _("All")), *shown]  # type: ignore[attr-defined]
        self.fields["group"].choices = [(one.value, label) for one, label in GROUPINGS.items()]  # type: ignore[attr-defined]
        if not sees_prospects:
            del self.fields["with_prospects"]
        self.is_valid()

    def asked(self) -> Asked:
        """What is asked for; a value that is none of the choices narrows nothing."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "group" and value}
        wants_prospects = given.get("kind") == Kind.PROSPECT
        return Asked(**{**given, "with_prospects": wants_prospects or bool(given.get("with_prospects"))})

    def grouping(self) -> Grouping:
        """By what to group."""
        return Grouping(self.cleaned_data.get("group") or Grouping.TYPE)

    def query(self, **more: str) -> str:
        """The address's query that asks the same."""
        given = {name: "on" if value is True else value for name, value in self.cleaned_data.items() if value}
        return urlencode({**given, **more})


@require_safe
@needs(Permission.NETWORK_VIEW)
def show(request: Request) -> HttpResponse:
    """The picture of the network, and the same as a list."""
    form = MapFilter(request)
    seen, grouping = _seen(request, form), form.grouping()
    shown, following = _page(seen.nodes, request.GET.get("after", ""))
    here = reverse("network_map")
    context = {
        "form": form,
        "is_narrow": form.asked().is_narrow,
        "first_fields": [form[name] for name in FIRST_FIELDS],
        "more_fields": [one for one in form if one.name not in FIRST_FIELDS],
        "is_more_asked": any(form.cleaned_data.get(one.name) for one in form if one.name not in FIRST_FIELDS),
        "counts": _counts(seen),
        "ties_count": len(seen.ties),
        "picture": network_picture.draw(seen, laid_out(seen, by=grouping), names=group_names(grouping)),
        "rows": _rows(shown, seen),
        "graph_url": f"{reverse('network_graph')}?{form.query()}",
        "exports": [(one.value, f"{reverse(f'network_{one.value}')}?{form.query()}") for one in Format],
        "first_url": f"{here}?{form.query()}#list" if request.GET.get("after") else "",
        "next_url": f"{here}?{form.query(after=following)}#list" if following else "",
    }
    return render(request, "network/map.html", context)


@require_safe
@needs(Permission.NETWORK_VIEW)
def graph(request: Request) -> HttpResponseBase:
    """The same part of the network for the script of the page, streamed."""
    form = MapFilter(request)
    seen, grouping = _seen(request, form), form.grouping()
    pieces = as_json(seen, laid_out(seen, by=grouping), names=group_names(grouping))
    return stream(request, pieces, kind=TYPES[Format.JSON])


@require_safe
@needs(Permission.NETWORK_VIEW)
def export(request: Request, form: str) -> HttpResponseBase:
    """The same part of the network as a file."""
    asked, format_ = MapFilter(request), Format(form)
    seen, grouping = _seen(request, asked), asked.grouping()
    drawn = Drawn(seen, laid_out(seen, by=grouping), group_names(grouping), _("The network"))
    filters = sorted(name for name, value in asked.cleaned_data.items() if value)
    pieces = exported(drawn, form=format_, filters=filters, by=request.actor, at=timezone.now())
    name = f"{_('network')}-{timezone.localdate()}.{format_}"
    return stream(request, pieces, kind=TYPES[format_], name=name)


def _seen(request: Request, form: MapFilter) -> Network:
    return network(request.actor, day=timezone.localdate(), language=labels.language(), asked=form.asked())


def _counts(seen: Network) -> list[tuple[int, Promise]]:
    """How many nodes there are of each kind, where there are any."""
    counted = Counter(node.kind for node in seen.nodes)
    return [(counted[kind], KINDS[kind] if counted[kind] == 1 else MANY[kind]) for kind in KINDS if counted[kind]]


def _page(nodes: tuple[Node, ...], after: str) -> tuple[list[Node], str]:
    """The nodes after the one of that key, and the key after which the next page starts."""
    keys = [node.key for node in nodes]
    start = keys.index(after) + 1 if after in keys else 0
    shown = list(nodes[start : start + SIZE])
    return shown, shown[-1].key if len(nodes) > start + SIZE else ""


def _rows(shown: list[Node], seen: Network) -> list[dict[str, Any]]:
    """Nodes with what is said of them and their ties, in words."""
    names = {
        **dict(labels.sectors()),
        **dict(labels.regions()),
        **dict(labels.partner_types()),
        **dict(Category.choices),
    }
    ties = seen.ties_of()
    return [
        {
            "node": node,
            "kind": KINDS[node.kind],
            "url": reverse(PAGES[node.kind], args=[node.page]) if node.kind in PAGES else "",
            "facts": [names.get(fact, fact) for fact in (node.category, *node.sectors, *node.regions) if fact],
            "type": names.get(node.type, node.type),
            "ties": _in_words(node, ties[node.key]),
        }
        for node in shown
    ]


def _in_words(node: Node, ties: list[tuple[Tie, Node]]) -> list[tuple[Promise, list[str], int]]:
    """Ties of one meaning together: what they mean, the first names, and how many more there are."""
    ends: dict[tuple[bool, TieKind], list[str]] = {}
    for tie, other in ties:
        ends.setdefault((tie.source == node.key, tie.kind), []).append(other.label)
    return [
        ((FORWARD if is_first else BACKWARD)[kind], names[:NAMES_AT_ONCE], max(0, len(names) - NAMES_AT_ONCE))
        for (is_first, kind), names in ends.items()
    ]


def group_names(grouping: Grouping) -> dict[str, str]:
    """The name of each group that a picture may have, by the group's key."""
    values: dict[Grouping, Iterable[tuple[str, object]]] = {
        Grouping.TYPE: labels.partner_types(),
        Grouping.CATEGORY: Category.choices,
        Grouping.SECTOR: labels.sectors(),
        Grouping.REGION: labels.regions(),
    }
    names = {f"{Kind.INITIATIVE}:": _("initiatives"), Kind.PROSPECT.value: _("prospects")}
    for value, label in (*values[grouping], ("", _("not known"))):
        names[f"{Kind.PARTNER}:{value}"] = str(label)
        names[f"{Kind.PROSPECT}:{value}"] = _("prospects: %(group)s") % {"group": label}
    return names
