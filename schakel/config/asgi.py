"""The ASGI application, for uvicorn."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schakel.config.settings")
application = get_asgi_application()


def share_connections() -> None:
    """Let all requests of this process share a few connections to the database.

    Each request has a thread of its own here. What a thread keeps open outlives it, until the server has no room left.
    """
    connections.close_all()
    place = connections.settings["default"]
    place["CONN_MAX_AGE"] = 0
    place["OPTIONS"]["pool"] = {"min_size": 1, "max_size": settings.CONNECTIONS, "timeout": 10}


share_connections()
