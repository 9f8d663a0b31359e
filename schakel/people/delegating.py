"""Delegated administration: a partner or an organisation lets its own people in, and decides how far their rights go.

Nobody gives what lies beyond its own: an invitation is to the inviter's partner or organisation, at one of its levels.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.people.accounts import new_account
from schakel.people.models import Invitation, User, UserGrant
from schakel.policy.access import Actor, Grant, Level, Permission, Role
from schakel.registry.letters import Letter, count_one, joined
from schakel.registry.models import Organisation, Partner

LINK = Actor(name="link:invitation", grants=(Grant(Role.SYSTEM),))
"""Whoever holds the link in an invitation: the link itself is the permission."""
SALT = "schakel.people.invitations"
LETTER = "people.write_invitation"
DAYS = 14
MOST_OPEN = 100
Holder = Partner | Organisation


@transaction.atomic
def invite(*, holder: Holder, mail: str, level: str, by: Actor, at: datetime, language: str = "nl") -> Invitation:
    """Invite somebody by mail to work for a partner or an organisation; one that still waits is sent again.

    Raises NotPermitted, Invalid for an address or a level that is none, or too many invitations that wait.
    """
    permit(_may_delegate(holder, by))
    mail = _mail(mail)
    if level not in set(Level):
        raise Invalid(gettext_lazy("choose what this person may."))
    waiting = Invitation.objects.filter(**_whose(holder), accepted_at=None, revoked_at=None, expires_at__gt=at)
    if waiting.count() >= MOST_OPEN:
        raise Invalid(gettext_lazy("too many invitations wait for an answer."))
    count_one(mail, asked_by=holder, at=at)
    waiting.filter(mail__iexact=mail).update(revoked_at=at)
    made = {"made_at": at, "made_by": by.name, "expires_at": at + timedelta(days=DAYS), "language": language}
    invitation = Invitation.objects.create(**_whose(holder), mail=mail, level=level, nonce=secrets.token_hex(8), **made)
    queue.later(LETTER, queue="outgoing", invitation_id=invitation.pk)
    record("people.invitation.made", by=by, at=at, on=invitation, level=level, **_keys(holder))
    return invitation


@transaction.atomic
def revoke(*, invitation: Invitation, by: Actor, at: datetime) -> None:
    """Take an invitation back: its link opens nothing. Raises NotPermitted, WrongState where it was used or is over."""
    permit(Invitation.objects.of(by).filter(pk=invitation.pk).exists())
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not waiting.update(revoked_at=at):
        raise WrongState
    record("people.invitation.revoked", by=by, at=at, on=invitation)


@transaction.atomic
def accept(*, invitation: Invitation, name: str, password: str, by: Actor, at: datetime) -> User:
    """Make the account of who was invited; its second factor is set up at the first login.

    Raises NotPermitted, Invalid for a name that is taken or unfit or a weak password, WrongState where the invitation
    was used, taken back or is over.
    """
    permit(by.may(Permission.PEOPLE_MANAGE))
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=at)
    if not waiting.update(accepted_at=at):
        raise WrongState
    user = new_account(name=name, password=password, at=at)
    user.email, user.language = invitation.mail, invitation.language
    user.save(update_fields=["email", "language"])
    role = Role.PARTNER if invitation.partner_id else Role.ORGANISATION
    whose = {"partner_id": invitation.partner_id, "organisation_id": invitation.organisation_id}
    UserGrant.objects.create(user=user, role=role, level=invitation.level, **whose)
    record("people.invitation.accepted", by=by, at=at, on=invitation, user=user.pk, role=role.value)
    return user


@transaction.atomic
def set_level(*, grant: UserGrant, level: str, by: Actor, at: datetime) -> None:
    """Say how far somebody's rights go within one's own partner or organisation.

    Raises NotPermitted, and Invalid for a level that is none or where no administrator would be left.
    """
    permit(UserGrant.objects.of(by).filter(pk=grant.pk).exists())
    if level not in set(Level):
        raise Invalid(gettext_lazy("choose what this person may."))
    _keep_one_administrator(grant, unless=level == Level.ADMINISTRATOR, by=by)
    UserGrant.objects.filter(pk=grant.pk).update(level=level)
    record("people.grant.changed", by=by, at=at, on=grant, user=grant.user_id, level=level)


@transaction.atomic
def remove(*, grant: UserGrant, by: Actor, at: datetime) -> None:
    """Take somebody's role away; an account that then holds none is closed at once, with its sessions and keys.

    Raises NotPermitted, and Invalid where no administrator would be left.
    """
    permit(UserGrant.objects.of(by).filter(pk=grant.pk).exists())
    _keep_one_administrator(grant, unless=False, by=by)
    user_id = grant.user_id
    record("people.grant.removed", by=by, at=at, on=grant, user=user_id)
    grant.delete()
    if not UserGrant.objects.filter(user_id=user_id).exists():
        User.objects.filter(pk=user_id).update(is_active=False)


def token_of(invitation: Invitation) -> str:
    """The token of an invitation's link."""
    return signing.Signer(salt=SALT).sign_object([invitation.pk, invitation.nonce])


def invitation_of(token: str, *, at: datetime) -> Invitation | None:
    """The invitation that a token opens, or None: wrong, old, used and taken back look the same."""
    try:
        key, nonce = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    waiting = Invitation.objects.filter(pk=key, nonce=nonce, accepted_at=None, revoked_at=None, expires_at__gt=at)
    return waiting.select_related("partner", "organisation").first()


def letter_of(invitation: Invitation) -> Letter:
    """The mail that invites."""
    with override(invitation.language):
        facts: dict[str, object] = {
            "platform": settings.PLATFORM_NAME,
            "holder": str(invitation.partner or invitation.organisation),
            "link": f"{settings.BASE_URL}/invitation/{token_of(invitation)}",
            "days": DAYS,
        }
        subject = _("An account at %(platform)s for %(holder)s") % facts
        body = joined(_text(), facts)
    key = f"invitation:{invitation.pk}"
    return Letter(key=key, address=invitation.mail, language=invitation.language, subject=subject, body=body)


def _text() -> list[str]:
    return [
        _("Hello,"),
        _("A colleague invites you to work for %(holder)s at %(platform)s, where warnings about weak spots come in."),
        _("Choose a name and a password here. The link works for %(days)d days, and once:"),
        "%(link)s",
        _("Do you not know what this is about? Then do nothing: no account is made."),
    ]


def _may_delegate(holder: Holder, by: Actor) -> bool:
    if isinstance(holder, Partner):
        return by.may(Permission.PEOPLE_DELEGATE, partner_id=holder.pk)
    return by.may(Permission.PEOPLE_DELEGATE, organisation_id=holder.pk)


def _keep_one_administrator(grant: UserGrant, *, unless: bool, by: Actor) -> None:
    """Nobody locks everybody out: only the coordinator leaves a partner or an organisation without administrator."""
    if unless or grant.level != Level.ADMINISTRATOR or by.may(Permission.PEOPLE_DELEGATE):
        return
    whose = {"partner_id": grant.partner_id, "organisation_id": grant.organisation_id}
    same = UserGrant.objects.filter(level=Level.ADMINISTRATOR, user__is_active=True, **whose)
    keys = set(same.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    if keys <= {grant.pk}:
        raise Invalid(gettext_lazy("make somebody else administrator first."))


def _whose(holder: Holder) -> dict[str, Holder]:
    return {"partner": holder} if isinstance(holder, Partner) else {"organisation": holder}


def _keys(holder: Holder) -> dict[str, str]:
    return {name: row.key for name, row in _whose(holder).items()}


def _mail(address: str) -> str:
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as fault:
        raise Invalid(gettext_lazy("this is not an e-mail address.")) from fault
    return address
