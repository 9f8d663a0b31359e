"""`schakel web`: serves the site and the API."""

from typing import Any

import uvicorn
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connections

from schakel.commands.base import SchakelCommand


class Command(SchakelCommand):
    """Serves the site until stopped."""

    help = "serve the site until stopped"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")

    def run(self, **options: Any) -> None:
        """Gather the static files and serve."""
        call_command("collectstatic", interactive=False, verbosity=0)
        try:
            uvicorn.run(
                "schakel.config.asgi:application",
                host=options["host"],
                port=options["port"],
                log_level="warning",
                server_header=False,
                lifespan="off",
            )
        finally:
            connections.close_all()
            connections["default"].close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has one.
