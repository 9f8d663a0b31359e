"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise

from schakel.people import mailing
from schakel.policy.access import NOBODY, Actor, Permission
from schakel.registry.models import CapacityLabel
from schakel.web import navigation
from schakel.web.middleware import CAPACITY


def site(request: HttpRequest) -> dict[str, object]:
    """The platform's name and help line, who asks, and the menu for them."""
    actor = getattr(request, "actor", NOBODY)
    return {
        "platform": settings.PLATFORM_NAME,
        "help_line": settings.HELP_LINE,
        "actor": actor,
        "acts_as": _acts_as(request, actor),
        "may_choose_mail": bool(mailing.topics_for(actor)),
        "is_told_of_items": bool(actor.reach(Permission.ITEM_VIEW)),
        "navigation": navigation.entries(actor, path=request.path),
        "subnavigation": navigation.beside(actor, path=request.path),
    }


def _acts_as(request: HttpRequest, actor: Actor) -> str | Promise:
    """The capacity that somebody of the coordinator chose."""
    session = getattr(request, "session", None)
    if session is None or not actor.may(Permission.PARTNER_MANAGE):
        return ""
    chosen = session.get(CAPACITY, "")
    return (CapacityLabel(chosen) if chosen in CapacityLabel.values else CapacityLabel.COORDINATOR).label
