"""`schakel worker`: does the jobs; any number of them may run, on any number of machines."""

from typing import Any

from django.core.management.base import CommandParser
from procrastinate.contrib.django import app

from schakel.commands.base import SchakelCommand


class Command(SchakelCommand):
    """Runs jobs until stopped."""

    help = "run jobs until stopped"

    def add_arguments(self, parser: CommandParser) -> None:
        """How many at a time."""
        parser.add_argument("--concurrency", type=int, default=2, help="how many jobs at a time")

    def run(self, **options: Any) -> None:
        """Work."""
        self.stdout.write(f"Worker: {options['concurrency']} jobs at a time, until stopped.")
        with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
            worker.run_worker(concurrency=options["concurrency"], install_signal_handlers=True)
