"""A partner passes an item on to its constituency, under its own name and in its own words, within the label."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, Refused, WrongState, permit
from schakel.policy.access import Actor, Grant, Permission, Role
from schakel.policy.audience import Unpassable, is_for_all, unpassable
from schakel.policy.sharing import basis_refusal
from schakel.registry.law import basis_of
from schakel.registry.models import Language, Partner, Relation
from schakel.sharing import changes
from schakel.sharing.ledger.labels import effective
from schakel.sharing.models import ClientTie, Passing, SharedItem
from schakel.sharing.words import ItemState, Reader

JOB = "sharing.tell_constituents"
WORDS = {
    Unpassable.UNKNOWN_LABEL: _("its label is not known."),
    Unpassable.TOO_CLOSED: _("this label stays within your own organisation."),
    Unpassable.NOT_SWITCHED_ON: _("under this label it may go to clients only: first say whom you give such services."),
    Unpassable.NO_SERVICES: _("under this label it may go to clients only, and you have none."),
    Unpassable.IN_CIRCLE: _("it is in a circle: what leaves a circle is released by the circle."),
}


class NotToBePassedOn(Refused):
    """The item may not go on to a constituency."""

    wording = _("This may not be passed on:")


@transaction.atomic
def pass_on(
    *,
    item: SharedItem,
    partner: Partner,
    title: str,
    by: Actor,
    at: datetime,
    intro: str = "",
    reader: str = Reader.SMALL,
    language: str = Language.DUTCH,
    is_public: bool = False,
) -> Passing:
    """Give an item to the partner's constituency as a bulletin; said again, with new words, it goes out again.

    Who of the constituency gets it is decided by the job `sharing.tell_constituents`. Raises NotPermitted, also where
    the partner itself may not read the item, NotToBePassedOn, Invalid.
    """
    permit(by.may(Permission.ITEM_RELAY, partner_id=partner.pk) and may_read(partner, item))
    _check(item, partner, at)
    if not title.strip() or reader not in Reader.values or language not in Language.values:
        raise Invalid(_("give it a title, a reader and a language."))
    if is_public and not is_for_all(effective(item).value):
        raise Invalid(_("only TLP:CLEAR may stand on a page that everybody can open."))
    said: dict[str, Any] = {"title": title.strip(), "intro": intro.strip(), "reader": reader, "language": language}
    said |= {"is_public": is_public, "passed_at": at, "passed_by": by.name, "stopped_at": None}
    passing, _is_new = Passing.objects.update_or_create(item=item, partner=partner, defaults=said)
    changes.note(item, at=at, passed_by=partner)
    queue.later(JOB, queue="outgoing", passing_id=passing.pk)
    record("sharing.item.passed_on", on=item, by=by, at=at, partner=partner.pk, public=is_public)
    return passing


@transaction.atomic
def stop(*, passing: Passing, by: Actor, at: datetime) -> None:
    """Pass it on no longer: its page closes, and the constituency reads it no more. Raises NotPermitted, WrongState."""
    permit(by.may(Permission.ITEM_RELAY, partner_id=passing.partner_id))
    if not Passing.objects.filter(pk=passing.pk, stopped_at=None).update(stopped_at=at):
        raise WrongState
    changes.note(passing.item, at=at, passed_by=passing.partner)
    record("sharing.passing.stopped", on=passing.item, by=by, at=at, partner=passing.partner_id)


@transaction.atomic
def switch_clients(*, partner: Partner, relations: Iterable[str], by: Actor, at: datetime) -> None:
    """Say to which of its constituency the partner gives security services: to those it may pass TLP:AMBER on.

    An administrator's word, as it binds the partner. Raises NotPermitted, Invalid.
    """
    permit(by.may(Permission.AGREEMENT_SIGN, partner_id=partner.pk))
    wanted = set(relations)
    if not wanted <= set(Relation.values):
        raise Invalid(_("one of the relations is not known."))
    ClientTie.objects.filter(partner=partner).exclude(relation__in=wanted).delete()
    known = set(ClientTie.objects.filter(partner=partner).values_list("relation", flat=True))
    fresh = (ClientTie(partner=partner, relation=one, since_at=at, by=by.name) for one in sorted(wanted - known))
    ClientTie.objects.bulk_create(fresh)
    record("sharing.clients.switched", on=partner, by=by, at=at, relations=sorted(wanted))


def may_read(partner: Partner, item: SharedItem) -> bool:
    """Whether the partner as such may read the item: not what only one of its people may."""
    as_partner = Actor(name="partner", grants=(Grant(Role.PARTNER, partner.pk),))
    return SharedItem.objects.visible_to(as_partner).filter(pk=item.pk, state=ItemState.PUBLISHED).exists()


def why_not(item: SharedItem, partner: Partner) -> Unpassable | None:
    """Why nobody of the partner's constituency may get it, or None. One query."""
    has_clients = ClientTie.objects.filter(partner=partner).exists()
    return unpassable(
        effective(item).value, is_switched_on=has_clients, has_services=has_clients, circle=item.circle_id
    )


def _check(item: SharedItem, partner: Partner, at: datetime) -> None:
    if reason := why_not(item, partner):
        raise NotToBePassedOn(WORDS[reason])
    if item.holds_personal_data:
        basis = basis_of(item.legal_basis) if item.legal_basis else None
        if basis_refusal(basis, day=at.date(), holds_personal_data=True):
            raise NotToBePassedOn(_("it holds personal data, and the ground for sharing them is not in force."))
