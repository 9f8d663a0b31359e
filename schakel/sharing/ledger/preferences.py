"""How a partner, an organisation or a person wants to be told: chosen by itself, within what the policy allows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.policy import sharing
from schakel.policy.access import Actor, Permission
from schakel.sharing.ledger.ways import Party
from schakel.sharing.models import Preference
from schakel.sharing.words import ItemKind, Reader

PACES = ("at-once", "daily", "weekly", "never")


def of(party: Party) -> Preference | None:
    """What a party has chosen. One query."""
    return Preference.objects.filter(**_columns(party)).first()


@transaction.atomic
def choose(
    *,
    party: Party,
    pace: str,
    reader: str,
    by: Actor,
    at: datetime,
    mail_ceiling: str = "",
    webhook_ceiling: str = "",
    kinds: Iterable[str] = (),
) -> Preference:
    """Say how a party wants to be told. A ceiling above what the policy allows changes nothing of the policy.

    Raises NotPermitted, Invalid.
    """
    permit(may_choose(party, by))
    chosen = sorted(set(kinds))
    ceilings = [one for one in (mail_ceiling, webhook_ceiling) if one]
    if pace not in PACES or reader not in Reader.values or not set(chosen) <= set(ItemKind.values):
        raise Invalid(_("choose one of the list."))
    if any(sharing.label(one) is None for one in ceilings):
        raise Invalid(_("the label is not one of TLP 2.0."))
    said: dict[str, Any] = {"pace": pace, "reader": reader, "mail_ceiling": mail_ceiling, "kinds": chosen}
    said |= {"webhook_ceiling": webhook_ceiling, "set_at": at, "set_by": by.name}
    row, _is_new = Preference.objects.update_or_create(**_columns(party), defaults=said)
    record("sharing.preference.chosen", on=row, by=by, at=at, pace=pace, reader=reader, kinds=chosen)
    return row


def may_choose(party: Party, by: Actor) -> bool:
    """A person for itself alone; who looks after the contacts of a partner or an organisation, for that."""
    if party.user is not None:
        return party.user == by.user_id and bool(by.reach(Permission.ITEM_VIEW))
    if party.partner is not None:
        return by.may(Permission.CONTACT_EDIT, partner_id=party.partner)
    return party.organisation is not None and by.may(Permission.CONTACT_EDIT, organisation_id=party.organisation)


def parties_of(by: Actor) -> list[Party]:
    """For whom the actor may choose: itself, and the bodies whose contacts it looks after."""
    reach = by.reach(Permission.CONTACT_EDIT)
    found = [Party(user=by.user_id)] if by.user_id is not None and by.reach(Permission.ITEM_VIEW) else []
    found += [Party(partner=one) for one in sorted(reach.partner_ids)]
    return found + [Party(organisation=one) for one in sorted(reach.organisation_ids)]


def _columns(party: Party) -> dict[str, Any]:
    return {f"{name}_id": number for name, number in party._asdict().items() if number is not None}
