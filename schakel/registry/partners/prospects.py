"""Who may become a partner: found, assessed, spoken with. In the order in which the network is built."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Activity, Category, Partner, PartnerStanding, Prospect, ProspectQuerySet
from schakel.registry.partners.words_given import NAME_LIMIT, line, one_known, text

ASKED = 4
"""What a complete record holds: activities, category, sectors, functions (build plan, section 3.1)."""
RANKS = {Category.CORE: 0, Category.ECOSYSTEM: 1, Category.CONNECTION: 2}
UNASSESSED = 3
KEY_LIMIT = 60


@transaction.atomic
def add_prospect(*, name: str, type: str, origin: str, by: Actor, at: datetime) -> Prospect:  # noqa: A002
    """Note somebody who may become a partner. Who notes it keeps the tie for now.

    Raises NotPermitted, and Invalid for no name, an unknown type, or no word on where the name comes from.
    """
    permit(by.may(Permission.PROSPECT_MANAGE))
    name, origin = line(name, limit=NAME_LIMIT), line(origin)
    if not name:
        raise Invalid(_("give a name."))
    if not origin:
        raise Invalid(_("say how we came to know of them."))
    prospect = Prospect.objects.create(
        key=free_key(name),
        name=name,
        type=one_known(type, among="partner_types"),
        standing=PartnerStanding.PROSPECT,
        origin=origin,
        owned_by=by.name,
    )
    record("registry.prospect.added", on=prospect, by=by, at=at, type=type)
    return prospect


@transaction.atomic
def take_on(*, prospect: Prospect, by: Actor, at: datetime) -> None:
    """Keep the tie with a prospect from now on. Raises NotPermitted."""
    permit(by.may(Permission.PROSPECT_MANAGE))
    prospect.owned_by = by.name
    prospect.save(update_fields=["owned_by"])
    record("registry.prospect.taken", on=prospect, by=by, at=at)


@transaction.atomic
def note_contact(*, prospect: Prospect, contacted_on: date, words: str, by: Actor, at: datetime) -> None:
    """Note that a prospect was spoken with. Raises NotPermitted, and Invalid for a day to come or before the last."""
    permit(by.may(Permission.PROSPECT_MANAGE))
    if contacted_on > timezone.localdate(at):
        raise Invalid(_("the day of the talk cannot lie ahead."))
    if prospect.contacted_on and contacted_on < prospect.contacted_on:
        raise Invalid(_("a later talk stands there already."))
    prospect.contacted_on = contacted_on
    prospect.save(update_fields=["contacted_on"])
    facts = {"contacted_on": contacted_on.isoformat(), "words": text(words)}
    record("registry.prospect.contacted", on=prospect, by=by, at=at, **facts)


def free_key(name: str) -> str:
    """A readable key that no partner and no prospect has."""
    stem = slugify(name)[:KEY_LIMIT].strip("-") or "partner"
    taken = set(Partner._base_manager.filter(key__startswith=stem).values_list("key", flat=True))  # noqa: SLF001 - prospects too
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)


def ranked(prospects: ProspectQuerySet) -> ProspectQuerySet:
    """Adds `rank`, the order of building: core, ecosystem, connection, not yet assessed; and `known`, of ASKED."""
    whens = [When(category=category, then=Value(rank)) for category, rank in RANKS.items()]
    has_activity = Exists(Activity.objects.filter(partner=OuterRef("pk")))
    return prospects.annotate(
        rank=Case(*whens, default=Value(UNASSESSED), output_field=IntegerField()),
        known=_one(has_activity) + _one(~Q(category="")) + _one(~Q(sectors=[])) + _one(~Q(functions=[])),
    )


def _one(condition: Q | Exists) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def stale(prospects: ProspectQuerySet, *, on: date) -> ProspectQuerySet:
    """Those with whom nobody has spoken for too long, or ever."""
    since = on - timedelta(days=settings.PROSPECT_STALE_DAYS)
    return prospects.filter(Q(contacted_on=None) | Q(contacted_on__lt=since))


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of building the network: who has joined of a category, who could, and who was spoken with."""

    category: Category
    joined: int
    prospects: int
    contacted: int
    is_current: bool


def stages(*, to: Actor) -> list[Stage]:
    """Core first, then the ecosystem, then the rest; current is the first with a prospect nobody has spoken with.

    A gate that is shown and holds nobody up. Source: build plan, section 3.1. Raises NotPermitted. Two queries.
    """
    permit(bool(to.reach(Permission.PROSPECT_VIEW)))
    joined = Partner.objects.visible_to(to).filter(standing=PartnerStanding.PARTNER).order_by().values("category")
    there = dict(joined.values_list("category", Count("pk")))
    found = Prospect.objects.visible_to(to).order_by().values("category")
    rows = {row[0]: row[1:] for row in found.values_list("category", Count("pk"), Count("contacted_on"))}
    counts = [(category, there.get(category, 0), *rows.get(category, (0, 0))) for category in RANKS]
    current = next((category for category, _joined, all_of, spoken in counts if spoken < all_of), None)
    return [Stage(category, has, all_of, spoken, category == current) for category, has, all_of, spoken in counts]


def by_name(prospects: ProspectQuerySet) -> ProspectQuerySet:
    """In the order of building, and by name within it."""
    return ranked(prospects).order_by(F("rank"), "name", "pk")
