"""Items whose time is over: noted once in the log of changes, so that machines let go of them."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from schakel.kit.refusals import permit
from schakel.policy.access import Actor, Permission
from schakel.sharing import changes
from schakel.sharing.models import ItemChange, SharedItem
from schakel.sharing.words import ItemState

BATCH = 1000


@transaction.atomic
def note_expired(*, by: Actor, at: datetime) -> int:
    """Note up to 1,000 items whose validity has ended since they were last noted; returns how many.

    Raises NotPermitted.
    """
    permit(by.may(Permission.NOTICE_SEND))
    since = ItemChange.objects.filter(item=OuterRef("pk"), at__gte=OuterRef("valid_until"))
    over = SharedItem.objects.filter(state=ItemState.PUBLISHED, valid_until__lte=at).filter(~Exists(since))
    found = list(over.filter(valid_until__gte=F("published_at")).order_by("valid_until")[:BATCH])
    changes.note_all(found, at=at)
    return len(found)
