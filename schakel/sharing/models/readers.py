"""Who somebody is to a shared item: accounts, partners and organisations as the policy's `Reader`."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from schakel.policy.access import Actor, Permission
from schakel.policy.audience import Address, Meant, Reader
from schakel.policy.sharing import Refusal
from schakel.registry.agreements import in_force
from schakel.registry.models import NetworkFunction, Organisation, Partner
from schakel.sharing.models.circle import CircleMember

EVERYONE = Address.EVERYONE.of()
ANYBODY = Reader(meant={Meant.PUBLIC: frozenset({EVERYONE})})
"""Who is nobody to the network: what is for all the world reaches it, and nothing else."""


def reader_of(actor: Actor, *, day: date) -> Reader:
    """The reader that the actor is on that day. A constant number of queries.

    Through a partner only while its agreement covers sharing; with none that does, the reader is barred.
    """
    reach = actor.reach(Permission.ITEM_VIEW)
    if not reach:
        return ANYBODY
    refusals = in_force.refusals_of([NetworkFunction.SHARING], day=day, only=reach.partner_ids)[NetworkFunction.SHARING]
    partners = list(_partners(one for one, refusal in refusals.items() if refusal is None))
    organisations = list(Organisation.objects.filter(_with_predecessors(reach.organisation_ids)))
    tasks = _tasks(actor)
    circles = frozenset(tasks)
    has_place = bool(reach.is_everything or partners or organisations)
    meant = {
        Meant.NAMED: _named(actor) if has_place else frozenset(),
        Meant.PARTY: frozenset(_parties(partners, organisations, tasks, is_desk=reach.is_everything)),
        Meant.GROUP: frozenset(address for partner in partners for address in groups_of(partner)),
        Meant.COMMUNITY: frozenset(_community(organisations)) if has_place else frozenset(),
        Meant.PUBLIC: frozenset({EVERYONE}),
    }
    barred = None if has_place else _barred(refusals.values())
    return Reader(meant=meant, circles=circles, tasks={} if barred else tasks, barred=barred)


def groups_of(partner: Partner) -> Iterable[str]:
    """The addresses of kinds of partners that mean this one."""
    yield Address.PARTNER_TYPE.of(partner.type)
    yield from map(Address.SECTOR.of, partner.sectors)
    yield from map(Address.REGION.of, partner.regions)
    yield from map(Address.FUNCTION.of, partner.functions)


def _tasks(actor: Actor) -> Mapping[int, frozenset[str]]:
    """The circles that the actor is in, and for which tasks."""
    found: dict[int, frozenset[str]] = {}
    for circle, tasks in CircleMember.objects.of(actor).values_list("circle", "tasks"):
        found[circle] = found.get(circle, frozenset()) | frozenset(tasks)
    return found


def _named(actor: Actor) -> frozenset[str]:
    return frozenset() if actor.user_id is None else frozenset({Address.PERSON.of(actor.user_id)})


def _parties(
    partners: Iterable[Partner],
    organisations: Iterable[Organisation],
    tasks: Mapping[int, frozenset[str]],
    *,
    is_desk: bool,
) -> Iterable[str]:
    """What is addressed to who became part of a partner or an organisation is addressed to that."""
    yield from (Address.PARTNER.of(partner.pk) for partner in partners)
    yield from (Address.ORGANISATION.of(organisation.pk) for organisation in organisations)
    yield from map(Address.CIRCLE.of, tasks)
    yield from (Address.TASK.of(f"{circle}.{task}") for circle, held in tasks.items() for task in held)
    if is_desk:
        yield Address.DESK.of()


def _community(organisations: Iterable[Organisation]) -> Iterable[str]:
    yield EVERYONE
    for organisation in organisations:
        yield from (Address.SECTOR.of(organisation.sector), Address.REGION.of(organisation.region))


def _partners(able: Iterable[int]) -> Iterable[Partner]:
    return Partner.objects.filter(_with_predecessors(able))


def _with_predecessors(ids: Iterable[int]) -> Q:
    """Themselves, and who became part of them: two steps back, as mergers of mergers are."""
    known = list(ids)
    return Q(pk__in=known) | Q(successor__in=known) | Q(successor__successor__in=known)


def _barred(refusals: Iterable[Refusal | None]) -> Refusal:
    return next(filter(None, refusals), Refusal.NO_AGREEMENT)
