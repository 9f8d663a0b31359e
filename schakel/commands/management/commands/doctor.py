"""`schakel doctor`: whether settings and connections work."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from schakel.commands.base import SchakelCommand


class Command(SchakelCommand):
    """Checks settings and connections, and says what does not work."""

    help = "check settings and connections"

    def run(self, **_options: Any) -> dict[str, Any]:
        """Look at each part in turn."""
        call_command("check", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        return {"database": version, "embedded": settings.IS_EMBEDDED, "data": str(settings.DATA_DIR)}
