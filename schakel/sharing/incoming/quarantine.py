"""What is held back: read again when the reason is gone, or dropped with a reason."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, Refused, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.sharing.formats.base import Format
from schakel.sharing.incoming.receiving import Received, receive
from schakel.sharing.models import HELD_MOVES, HeldContent
from schakel.sharing.words import HeldState


class StillHeld(Refused):
    """The reason why it is held is still there."""

    wording = _("It still cannot be read:")


@transaction.atomic
def read_again(*, held: HeldContent, formats: Sequence[Format], by: Actor, at: datetime) -> Received:
    """Take content in that was held back, as a new reader or other terms of its source may now let it.

    Raises NotPermitted, WrongState, StillHeld with place and reason.
    """
    permit(by.may(Permission.ITEM_IMPORT, partner_id=held.source.owner_id))
    content = bytes(held.content)
    _settle(held, HeldState.READ, by=by, at=at)
    received = receive(content, source=held.source, formats=formats, by=by, at=at, name=held.name)
    if received.held is not None:
        raise StillHeld(f"{received.held.place}: {received.held.reason}".removeprefix(": "))
    record("sharing.content.released", on=held, by=by, at=at)
    return received


@transaction.atomic
def drop(*, held: HeldContent, reason: str, by: Actor, at: datetime) -> None:
    """Give up content that was held back; what it said is gone. Raises NotPermitted, WrongState, Invalid."""
    permit(by.may(Permission.ITEM_IMPORT, partner_id=held.source.owner_id))
    if not reason.strip():
        raise Invalid(_("say why it is dropped."))
    _settle(held, HeldState.DROPPED, by=by, at=at, drop_reason=reason.strip()[:500])
    record("sharing.content.dropped", on=held, by=by, at=at)


def _settle(held: HeldContent, state: HeldState, *, by: Actor, at: datetime, drop_reason: str = "") -> None:
    move(held, state, moves=HELD_MOVES, settled_at=at, settled_by=by.name, drop_reason=drop_reason, content=b"")
