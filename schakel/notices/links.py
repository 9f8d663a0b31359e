"""Signed links: whoever holds one may see and answer one notice, for a time, and nothing else."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing

from schakel.notices.models import Notice, NoticeState

SALT = "schakel.notices.links"


def token_of(notice: Notice) -> str:
    """The token of a notice's link: the same each time, so that a message made twice is the same message."""
    return signing.Signer(salt=SALT).sign_object([notice.pk, int(notice.made_at.timestamp())], compress=False)


def url_of(notice: Notice) -> str:
    """The address of a notice's own page."""
    return f"{settings.BASE_URL}/n/{token_of(notice)}"


def notice_of(token: str, *, at: datetime) -> Notice | None:
    """The notice that a token opens, or None: wrong, expired, revoked and unknown look the same."""
    try:
        notice_id, made = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    oldest = at - timedelta(days=settings.LINK_DAYS)
    told = Notice.objects.filter(state__in=[NoticeState.SENT, NoticeState.ANSWERED], link_revoked_at=None)
    notice = told.with_recipient().filter(pk=notice_id, sent_at__gt=oldest).first()
    return notice if notice and int(notice.made_at.timestamp()) == made else None
