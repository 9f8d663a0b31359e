"""Where nodes and ties come from: a function per app, listed here and nowhere else.

A source gives what the actor may see of its app, and starts from `visible_to`. A tie to a node that no source gave
falls away, so that what is hidden leaves no trace. Whoever adds a kind of thing to the network adds its source to
`SOURCES`.
"""

from collections.abc import Callable, Iterable
from datetime import date

from schakel.collaboration.models import Initiative, Participant, UseCaseLink
from schakel.collaboration.models.taking_part import still_there
from schakel.governance.functions import functions
from schakel.governance.models import EVERY, Dependency
from schakel.governance.overview import in_force
from schakel.oversight.network.values import Kind, Node, Tie, TieKind
from schakel.policy.access import Actor
from schakel.registry.models import AgreementRole, Commitment, Partner, PartnerStanding, Prospect

Part = tuple[Iterable[Node], Iterable[Tie]]
Source = Callable[[Actor, date, str], Part]
"""What an actor sees on a day, with names in a language: nodes, and ties between any nodes."""

WEIGHT = {role.value: at for at, role in enumerate(AgreementRole)}
FIELDS = ("pk", "name", "type", "category", "standing", "functions", "sectors", "regions")


def key_of(kind: Kind, row: int | str) -> str:
    """The key of a node: what it stands for, and which."""
    return f"{kind.value}-{row}"


def of_functions(actor: Actor, _day: date, language: str) -> Part:
    """The functions, and what they give each other."""
    nodes = [
        Node(
            key_of(Kind.FUNCTION, one.slug),
            Kind.FUNCTION,
            _capital(one.name(language)),
            one.slug,
            functions=(one.slug,),
        )
        for one in functions()
    ]
    pairs = Dependency.objects.visible_to(actor).running().values_list("from_function", "to_function")
    joined = {pair for pair in pairs if EVERY not in pair}
    ties = [Tie(key_of(Kind.FUNCTION, a), key_of(Kind.FUNCTION, b), TieKind.GIVES) for a, b in sorted(joined)]
    return nodes, ties


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def of_partners(actor: Actor, day: date, _language: str) -> Part:
    """Partners and those that are joining, and the functions in which they take part under agreement or commitment."""
    seen = Partner.objects.visible_to(actor)
    there = seen.filter(standing__in=[PartnerStanding.PARTNER, PartnerStanding.JOINING])
    roles = _roles(actor, day)
    nodes = [
        Node(
            key_of(Kind.PARTNER, pk), Kind.PARTNER, name, pk, type_, category, tuple(sorted(roles.get(pk, {}))),
            tuple(sectors), tuple(regions), is_joining=standing == PartnerStanding.JOINING,
        )
        for pk, name, type_, category, standing, _suited, sectors, regions in there.values_list(*FIELDS)
    ]  # fmt: skip
    ties = [
        Tie(key_of(Kind.PARTNER, pk), key_of(Kind.FUNCTION, slug), TieKind(role))
        for pk, held in roles.items()
        for slug, role in held.items()
    ]
    return nodes, ties


def _roles(actor: Actor, day: date) -> dict[int, dict[str, str]]:
    """The heaviest role of each partner in each function on `day`."""
    roles: dict[int, dict[str, str]] = {}

    def hold(partner: int, slug: str, role: str) -> None:
        held = roles.setdefault(partner, {})
        held[slug] = max(held.get(slug, role), role, key=WEIGHT.__getitem__)

    for partner, role, covered in in_force(day).values_list("partner_id", "role", "functions"):
        for slug in covered:
            hold(partner, slug, role)
    committed = Commitment.objects.visible_to(actor).on(day)
    for partner, slug, role in committed.values_list("partner_id", "function", "role"):
        hold(partner, slug, role)
    return roles


def of_prospects(actor: Actor, _day: date, _language: str) -> Part:
    """Prospects, for whoever may know them, and the functions that they would suit."""
    rows = list(Prospect.objects.visible_to(actor).values_list(*FIELDS))
    nodes = [
        Node(
            key_of(Kind.PROSPECT, pk), Kind.PROSPECT, name, pk, type_, category, tuple(suited), tuple(sectors),
            tuple(regions),
        )
        for pk, name, type_, category, _standing, suited, sectors, regions in rows
    ]  # fmt: skip
    ties = [
        Tie(node.key, key_of(Kind.FUNCTION, slug), TieKind.SUITS)
        for node in nodes
        for slug in dict.fromkeys(node.functions)
    ]
    return nodes, ties


def of_initiatives(actor: Actor, day: date, language: str) -> Part:
    """Initiatives that run, the functions that they serve, and who owns them, takes part or works on a use case."""
    running = Initiative.objects.visible_to(actor).running()
    rows = list(running.values_list("pk", "slug", "name", "name_en", "functions", "owner_id"))
    nodes, ties = [], []
    for pk, slug, name, name_en, served, owner in rows:
        label = name_en if language == "en" and name_en else name
        node = Node(key_of(Kind.INITIATIVE, pk), Kind.INITIATIVE, label, slug, functions=tuple(served))
        nodes.append(node)
        ties += [Tie(node.key, key_of(Kind.FUNCTION, one), TieKind.SERVES) for one in dict.fromkeys(served)]
        ties += [Tie(key_of(Kind.PARTNER, owner), node.key, TieKind.OWNS)] if owner else []
    return nodes, [*ties, *_taking_part(running, day)]


def _taking_part(running: Iterable[Initiative], day: date) -> list[Tie]:
    """Who takes part in these initiatives, and who works on their use cases, each pair once."""
    present = Participant.objects.filter(still_there(day), initiative__in=running, partner__isnull=False)
    working = UseCaseLink.objects.filter(still_there(day), use_case__initiative__in=running)
    pairs = {
        TieKind.TAKES_PART: set(present.values_list("partner_id", "initiative_id")),
        TieKind.WORKS_ON: set(working.values_list("partner_id", "use_case__initiative_id")),
    }
    return [
        Tie(key_of(Kind.PARTNER, partner), key_of(Kind.INITIATIVE, initiative), kind)
        for kind, found in pairs.items()
        for partner, initiative in sorted(found)
    ]


SOURCES: tuple[Source, ...] = (of_functions, of_partners, of_prospects, of_initiatives)
