"""Partners and organisations that become one or two: what is theirs follows, and for a while it can be undone.

Nothing vanishes. Who became part of another stays as a row that points at its successor. Rows of the parts of the
house above follow by a job, each in its own transaction (`taking_along`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import following
from schakel.kit.following import Followed
from schakel.kit.queue import later
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import (
    Application,
    Asset,
    Constituency,
    Likeness,
    LikenessState,
    Merger,
    MergerKind,
    Organisation,
    Partner,
    PartnerStanding,
)
from schakel.registry.partners.words_given import text

ACTING = (Asset, Constituency, Application.referred_to.through)
"""Of these a second copy would go on acting for who is gone: it is taken away and kept in the merger."""
STAYING = {
    "registry.partner.successor": "who went up in the former did so: the chain tells it",
    "registry.organisation.successor": "who went up in the former did so: the chain tells it",
    "registry.merger.partner": "what happened to the former happened to it",
    "registry.merger.to_partner": "what happened to the former happened to it",
    "registry.merger.organisation": "what happened to the former happened to it",
    "registry.merger.to_organisation": "what happened to the former happened to it",
    "registry.likeness.partner": "what looked alike and was judged was the former",
    "registry.likeness.other_partner": "what looked alike and was judged was the former",
    "registry.likeness.organisation": "what looked alike and was judged was the former",
    "registry.likeness.other_organisation": "what looked alike and was judged was the former",
}
"""Relations that stay with the former, each with the reason."""
LISTS = ("functions", "sectors", "regions")
TEXTS = ("about", "website", "origin", "owned_by", "legacy")
Body = TypeVar("Body", Partner, Organisation)


class CannotMerge(Invalid):
    """Two that cannot become one."""

    wording = _("These two cannot become one:")


@transaction.atomic
def merge_partners(*, old: Partner, new: Partner, words: str, by: Actor, at: datetime) -> Merger:
    """Make `old` part of `new`: its constituency, contacts, agreements, commitments and the rest follow.

    A partner that became part of another has left. Lists of functions, sectors and regions are joined; what `new` does
    not say of itself is taken from `old`. Raises NotPermitted, Invalid without a reason, and CannotMerge where one is
    gone already, both are the same, or a partner would become part of a prospect.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    old, new = _locked(Partner, old, new)
    if old.standing != PartnerStanding.PROSPECT and new.standing == PartnerStanding.PROSPECT:
        raise CannotMerge(_("a partner cannot become part of a prospect. Merge them the other way round."))
    before = _taken_over(old, new, lists=LISTS, texts=TEXTS, nulls=("organisation_id", "contacted_on"))
    before |= {"standing": old.standing}
    merger = _merged(old, new, words=words, before=before, by=by, at=at)
    gone: dict[str, Any] = {"successor": new}
    if old.standing != PartnerStanding.PROSPECT:
        gone |= {"standing": PartnerStanding.LEFT, "left_at": at}
    _set(old, **gone)
    record("registry.partner.merged", on=old, by=by, at=at, into=new.pk, merger=merger.pk)
    return merger


@transaction.atomic
def merge_organisations(*, old: Organisation, new: Organisation, words: str, by: Actor, at: datetime) -> Merger:
    """Make `old` part of `new`: its assets, contacts, memberships and claims follow, its findings by a job.

    Raises NotPermitted, Invalid without a reason, and CannotMerge where one is gone already or both are the same.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    old, new = _locked(Organisation, old, new)
    before = _taken_over(old, new, lists=("trade_names",), texts=("sector", "sbi", "region"), nulls=())
    merger = _merged(old, new, words=words, before=before, by=by, at=at)
    _set(old, successor=new)
    _renumbered(old)
    record("registry.organisation.merged", on=old, by=by, at=at, into=new.pk, merger=merger.pk)
    return merger


@transaction.atomic
def undo(*, merger: Merger, by: Actor, at: datetime) -> int:
    """Take a merger or a split back: what followed and still is there goes back; returns how many rows did.

    Findings and what was told of them go back at once; what both had had is settled by being matched again, as soon as
    it can. Raises NotPermitted, and WrongState where it was undone, is too long ago,
    or the successor has become part of another since.
    """
    permit(by.may(Permission.PARTNER_MANAGE))
    merger = Merger.objects.select_for_update().get(pk=merger.pk)
    if not can_be_undone(merger, at=at):
        raise WrongState
    old, new = bodies(merger)
    count = following.give_back(Followed(merger.moved, merger.absorbed), old, new)
    given = merger.before.get("new", {})
    _set(new, **{name: one["before"] for name, one in given.items() if _plain(getattr(new, name)) == one["after"]})
    if merger.kind == MergerKind.SPLIT:
        _closed(new, old, at)
    elif isinstance(old, Partner):
        _set(old, successor=None, standing=merger.before["standing"], left_at=None)
    else:
        _set(old, successor=None)
        _renumbered(old)
    _reopen_likeness(old, new)
    merger.undone_at, merger.undone_by = at, by.name
    merger.save(update_fields=["undone_at", "undone_by"])
    if isinstance(old, Organisation):
        later("notices.rematch", queue="intake", once="notices.rematch")
    record("registry.merger.undone", on=merger, by=by, at=at, rows=count)
    return count


def can_be_undone(merger: Merger, *, at: datetime) -> bool:
    """Whether a merger is recent, not undone, and its successor still there."""
    _old, new = bodies(merger)
    is_recent = at - merger.made_at <= timedelta(days=settings.UNDO_DAYS)
    return merger.undone_at is None and is_recent and new.successor_id is None


def bodies(merger: Merger) -> tuple[Partner | Organisation, Partner | Organisation]:
    """Who became part of whom, or who split off from whom: the former, then the other."""
    if merger.partner and merger.to_partner:
        return merger.partner, merger.to_partner
    if merger.organisation and merger.to_organisation:
        return merger.organisation, merger.to_organisation
    raise TypeError(merger.pk)  # A constraint keeps this from happening.


def note(
    kind: MergerKind,
    old: Body,
    new: Body,
    followed: Followed,
    *,
    words: str,
    before: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> Merger:
    """Keep what happened, so that it can be traced and undone."""
    name = "partner" if isinstance(old, Partner) else "organisation"
    pair = {name: old, f"to_{name}": new}
    return Merger.objects.create(
        kind=kind, words=words, before=before, made_at=at, made_by=by.name, **asdict(followed), **pair
    )


def reason(words: str) -> str:
    """Why two become one or one becomes two. Raises Invalid where nothing is said."""
    if not (said := text(words)):
        raise Invalid(_("give a reason, so that a colleague can follow it."))
    return said


def own_models() -> list[type[models.Model]]:
    """The registry's own tables."""
    return list(apps.get_app_config("registry").get_models(include_auto_created=True))


def _merged(old: Body, new: Body, *, words: str, before: dict[str, Any], by: Actor, at: datetime) -> Merger:
    words = reason(words)
    followed = following.follow(old, new, among=own_models(), acting=ACTING, beside=STAYING)
    merger = note(MergerKind.MERGE, old, new, followed, words=words, before=before, by=by, at=at)
    later("registry.follow", merger_id=merger.pk)
    return merger


def _locked(model: type[Body], old: Body, new: Body) -> tuple[Body, Body]:
    """Both rows as they are now, locked in the order of their numbers. Raises CannotMerge."""
    if old.pk == new.pk:
        raise CannotMerge(_("they are the same."))
    rows = model._base_manager.filter(pk__in=[old.pk, new.pk]).order_by("pk")  # noqa: SLF001 - prospects too
    found = {row.pk: row for row in rows.select_for_update(of=("self",))}
    old, new = found[old.pk], found[new.pk]
    is_gone = old.successor_id or new.successor_id
    if is_gone or PartnerStanding.LEFT in {getattr(old, "standing", ""), getattr(new, "standing", "")}:
        raise CannotMerge(_("one of them is gone already."))
    return old, new


def _taken_over(
    old: Body, new: Body, *, lists: Iterable[str], texts: Iterable[str], nulls: Iterable[str]
) -> dict[str, Any]:
    """Join what both say; gives what `new` said before and says after."""
    given: dict[str, Any] = {name: _joined(getattr(new, name), getattr(old, name)) for name in lists}
    given |= {name: getattr(new, name) or getattr(old, name) for name in (*texts, *nulls)}
    changed = {name: value for name, value in given.items() if value != getattr(new, name)}
    before = {name: {"before": _plain(getattr(new, name)), "after": _plain(value)} for name, value in changed.items()}
    _set(new, **changed)
    return {"new": before}


def _joined(had: list[str], more: list[str]) -> list[str]:
    return [*had, *(one for one in more if one not in had)]


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _set(row: models.Model, **given: object) -> None:
    for name, value in given.items():
        setattr(row, name, value)
    if given:
        row.save(update_fields=[name.removesuffix("_id") if name == "organisation_id" else name for name in given])


def _renumbered(organisation: Organisation) -> None:
    """Tell whoever counts the population that this one came or went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_organisation SET revision = nextval('registry_organisation_revision') WHERE id = %s",
            [organisation.pk],
        )


def _closed(new: Partner | Organisation, old: Partner | Organisation, at: datetime) -> None:
    """Who had split off goes back into who it came from."""
    if isinstance(new, Partner):
        _set(new, successor=old, standing=PartnerStanding.LEFT, left_at=at)
    else:
        Constituency.objects.filter(organisation=new).delete()  # Copies, which would go on acting.
        _set(new, successor=old)
        _renumbered(new)


def _reopen_likeness(old: Partner | Organisation, new: Partner | Organisation) -> None:
    """Who was merged as one is to be judged again."""
    name = "partner" if isinstance(old, Partner) else "organisation"
    pair = Q(**{name: old, f"other_{name}": new}) | Q(**{name: new, f"other_{name}": old})
    merged = Likeness.objects.filter(pair, state=LikenessState.MERGED)
    merged.update(state=LikenessState.OPEN, judged_at=None, judged_by="", words="")
