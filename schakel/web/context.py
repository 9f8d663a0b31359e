"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The platform's name, and who asks."""
    return {"platform": settings.PLATFORM_NAME, "actor": getattr(request, "actor", None)}
