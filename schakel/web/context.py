"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest

from schakel.policy.access import NOBODY
from schakel.web import navigation


def site(request: HttpRequest) -> dict[str, object]:
    """The platform's name and help line, who asks, and the menu for them."""
    actor = getattr(request, "actor", NOBODY)
    return {
        "platform": settings.PLATFORM_NAME,
        "help_line": settings.HELP_LINE,
        "actor": actor,
        "navigation": navigation.entries(actor, path=request.path),
        "subnavigation": navigation.network_entries(actor, path=request.path),
    }
