"""What a partner does with its outlets."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.policy.sharing import label
from schakel.post.actions import check_target
from schakel.post.models import OutletKind
from schakel.registry.models import Partner
from schakel.sharing.models import Outlet


@transaction.atomic
def add(
    *, partner: Partner, kind: str, name: str, address: str, by: Actor, at: datetime,
    secret: str = "", room: str = "", ceiling: str = "green",
) -> Outlet:  # fmt: skip
    """Let a partner get what it may read on a machine of its own, up to the ceiling (a label of TLP 2.0).

    Raises NotPermitted, and Invalid for an address, a label or a kind that is none, or a missing key.
    """
    permit(by.may(Permission.PARTNER_EDIT, partner_id=partner.pk))
    chosen = label(ceiling)
    if chosen is None:
        raise Invalid(_("the ceiling is no label of TLP 2.0."))
    if kind not in OutletKind.values or not name.strip():
        raise Invalid(_("choose MISP or Mattermost, and give it a name."))
    if not secret and (kind == OutletKind.MISP or room):
        raise Invalid(_("give the key by which we may write there."))
    check_target(address)
    if Outlet.objects.filter(partner=partner, address=address, room=room, ended_at=None).exists():
        raise Invalid(_("this place gets our items already."))
    outlet = Outlet.objects.create(
        partner=partner, kind=kind, name=name.strip(), address=address, room=room, secret=secret,
        ceiling=chosen.value, made_at=at, made_by=by.name,
    )  # fmt: skip
    record("sharing.outlet.added", on=outlet, by=by, at=at, kind=kind, partner=partner.pk, ceiling=chosen.value)
    return outlet


@transaction.atomic
def end(*, outlet: Outlet, by: Actor, at: datetime) -> None:
    """Put nothing there any more; what is there stays. Raises NotPermitted, WrongState."""
    permit(by.may(Permission.PARTNER_EDIT, partner_id=outlet.partner_id))
    if not Outlet.objects.filter(pk=outlet.pk, ended_at=None).update(ended_at=at, secret=""):
        raise WrongState
    record("sharing.outlet.ended", on=outlet, by=by, at=at)
