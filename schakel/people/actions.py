"""Accounts: made, closed and helped by those who may. Nobody signs up by themselves."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.people.accounts import new_account, set_password
from schakel.people.models import Token, User, UserGrant
from schakel.policy.access import Actor, Level, Permission, Role
from schakel.registry.models import Organisation, Partner, PartnerStanding


@transaction.atomic
def add_user(
    *,
    name: str,
    role: Role,
    password: str,
    by: Actor,
    at: datetime,
    partner: Partner | None = None,
    organisation: Organisation | None = None,
    level: Level = Level.MEMBER,
    mail: str = "",
) -> User:
    """Make an account that holds one role; its second factor is set up at the first login.

    Raises NotPermitted, and Invalid for a name that is taken or unfit, a weak password, an address that is none, the
    role of the system, or a partner or an organisation with the wrong role.
    """
    permit(by.may(Permission.PEOPLE_MANAGE))
    _check_role(role, partner, organisation)
    user = new_account(name=name, password=password, mail=mail, at=at)
    UserGrant.objects.create(user=user, role=role.value, partner=partner, organisation=organisation, level=level)
    keys = {"partner": partner.key if partner else None, "organisation": organisation.key if organisation else None}
    record("people.user.added", by=by, at=at, on=user, role=role.value, **keys)
    return user


@transaction.atomic
def close_user(*, user: User, by: Actor, at: datetime) -> None:
    """Close an account: it can no longer log in, and open sessions of it end. Raises NotPermitted, WrongState."""
    permit(by.may(Permission.PEOPLE_MANAGE))
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise WrongState
    user.is_active = False
    record("people.user.closed", by=by, at=at, on=user)


@transaction.atomic
def close_partner(*, partner: Partner, by: Actor, at: datetime) -> int:
    """Close the accounts that only worked for a partner that has left, and end their keys; returns how many.

    Their grants gave nothing from the moment it left; this tidies up. Raises NotPermitted, WrongState for a partner
    that has not left.
    """
    permit(by.may(Permission.PEOPLE_MANAGE))
    if partner.standing != PartnerStanding.LEFT:
        raise WrongState
    others = UserGrant.objects.filter(user=OuterRef("pk")).exclude(partner=partner)
    theirs = User.objects.filter(~Exists(others), grants__partner=partner, is_active=True)
    closed = list(theirs.values_list("pk", flat=True))
    Token.objects.filter(user__in=closed, revoked_at=None).update(revoked_at=at)
    User.objects.filter(pk__in=closed).update(is_active=False)
    record("people.partner.closed", by=by, at=at, on=partner, users=len(closed))
    return len(closed)


@transaction.atomic
def renew_user(*, user: User, password: str, by: Actor, at: datetime) -> None:
    """Give an account a new password and let it set up its second factor anew: for who lost either.

    Sessions that are open end, as the password is part of them. Raises NotPermitted, and Invalid for a weak password.
    """
    permit(by.may(Permission.PEOPLE_MANAGE))
    set_password(user, password)
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    record("people.user.renewed", by=by, at=at, on=user)


def _check_role(role: Role, partner: Partner | None, organisation: Organisation | None) -> None:
    if role == Role.SYSTEM:
        raise Invalid(_("the system is nobody's role."))
    if role == Role.PARTNER and partner is None:
        raise Invalid(_("say which partner this person works for."))
    if role != Role.PARTNER and partner is not None:
        raise Invalid(_("only the role of partner belongs to a partner."))
    if role == Role.ORGANISATION and organisation is None:
        raise Invalid(_("say which organisation this person works for."))
    if role != Role.ORGANISATION and organisation is not None:
        raise Invalid(_("only the role of organisation belongs to an organisation."))
