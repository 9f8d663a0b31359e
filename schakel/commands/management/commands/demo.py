"""`schakel demo`: the main job on a small invented country, then the site to look at it."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.utils import timezone

from schakel.commands import accounts, cooperation, doings, shared
from schakel.commands.base import SchakelCommand
from schakel.intake.models import Report
from schakel.kit.refusals import Refused
from schakel.notices.models import Notice, NoticeState
from schakel.notices.steps.compose import close_all_windows
from schakel.notices.steps.hand_over import hand_over
from schakel.oversight.coverage import refreshing
from schakel.policy.access import SYSTEM
from schakel.post import doors, steps
from schakel.registry import actions as registry
from schakel.registry.files.lists import facts
from schakel.registry.generate import generate
from schakel.registry.measurements import rounds
from schakel.registry.models import Measurement

FILES = (
    ("organisations", "organisations"),
    ("contacts", "contacts"),
    ("partners", "partners"),
    ("assets", "assets"),
    ("constituencies", "constituencies"),
    ("designations", "designations"),
    ("baseline", "baseline"),
    ("estimates", "estimates"),
    ("constituencies", "prospect_constituencies"),
)
"""What each file holds, in the order in which rows point back."""
ORGANISATIONS = 2000


class DoesNotAddUp(Refused):
    """The figures contradict each other: a defect, not the demonstrator's fault."""

    wording = "The figures do not add up:"


class Command(SchakelCommand):
    """Generates, imports, ingests, sends, shows; then serves the site until stopped."""

    help = "run the main job on a small invented country, then serve the site"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to serve."""
        parser.add_argument("--once", action="store_true", help="stop after the job, do not serve the site")
        parser.add_argument("--organisations", type=int, default=ORGANISATIONS, help="how large the country is")
        parser.add_argument("--port", type=int, default=8000, help="port of the site")

    def run(self, **options: Any) -> dict[str, Any] | None:
        """The whole way, then the site."""
        folder = settings.DATA_DIR / "demo"
        self._country(folder, options["organisations"])
        self._measurement()
        self._cooperation()
        self._reports(sorted((folder / "reports").iterdir()))
        self._send(settings.DATA_DIR / "sink")
        self._coverage()
        figures = doings.figures()
        self._check(figures)
        if options["once"]:
            return figures
        self.stdout.write(self.words(figures) + "\n" + accounts.demonstration())
        call_command("serve", port=options["port"])
        return None

    def _say(self, words: str) -> None:
        self.stderr.write(words)
        self.stderr.flush()

    def _country(self, folder: Path, organisations: int) -> None:
        self._say(f"1. An invented country of {organisations:,} organisations")
        yesterday = timezone.localdate() - timedelta(days=1)  # A day of reports is over before it comes in.
        generate(organisations=organisations, seed=1, out=folder, day=yesterday)
        for kind, name in FILES:
            tally = registry.import_file(path=folder / f"{name}.csv", kind=kind, by=SYSTEM, at=timezone.now()).figures()
            words = name.replace("_", " ")
            self._say(f"   {tally['rows']:>7,} {words}: {tally['added']:,} new, {tally['bad']:,} bad")

    def _measurement(self) -> None:
        """The baseline as it was published, unless an earlier demonstration held it."""
        told = facts("baseline")
        year, at = told["measured_on"].year, timezone.now()
        if Measurement.objects.filter(year=year).exists():
            return
        held = rounds.begin(year=year, by=SYSTEM, at=at)
        count = rounds.close(measurement=held, by=SYSTEM, at=at, measured_on=told["measured_on"])
        rounds.publish(measurement=held, by=SYSTEM, at=at)
        self._say(f"   {count:>7,} partners and prospects in the measurement of {year}, published")

    def _cooperation(self) -> None:
        for done in (cooperation.show(at=timezone.now()), shared.show(at=timezone.now())):
            if done:
                self._say("   " + ", ".join(f"{count} {name}" for name, count in done.items()))

    def _reports(self, files: list[Path]) -> None:
        self._say("2. A day of reports")
        for file in files:
            report = doings.take_in(file, source="shadowserver")
            self._say(f"   {report.rows_count:>7,} rows   {file.name}")

    def _send(self, folder: Path) -> None:
        self._say("3. Notices to whom they concern")
        close_all_windows()
        handed = sum(hand_over(by=SYSTEM, at=timezone.now()))
        port = _free_port()
        door = doors.start_sink(folder, port)
        settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
        try:
            sent = steps.deliver_all(by=SYSTEM)
        finally:
            door.stop()
        self._say(f"   {handed:>7,} notices, {sent['sent']:,} messages sent to {folder}")

    def _coverage(self) -> None:
        counted = refreshing.refresh(by=SYSTEM, at=timezone.now())
        self._say(f"   {counted.memberships_count:>7,} memberships of {counted.partners_count:,} partners counted")

    def _check(self, figures: dict[str, Any]) -> None:
        """What the demonstration claims must be true."""
        told = Notice.objects.filter(state__in=[NoticeState.SENT, NoticeState.ANSWERED]).count()
        sums = {
            "rows": figures["rows"] == figures["quarantined"] + figures["unmatched"] + figures["matched"],
            "routes": sum(figures["routes"]["by"].values()) == figures["routes"]["all"],
            "notices": figures["notices"] == told + figures["withdrawn"],
            "deliveries": figures["deliveries"]["all"] == told,
            "reports": not Report.objects.exclude(state__in=["composed", "refused"]).exists(),
        }
        if wrong := [name for name, is_right in sums.items() if not is_right]:
            raise DoesNotAddUp(", ".join(wrong), figures)

    def words(self, figures: dict[str, Any]) -> str:
        """The figures as sums that anyone can follow."""
        routes = " + ".join(f"{count:,} {via}" for via, count in figures["routes"]["by"].items())
        deliveries = " + ".join(f"{count:,} {state}" for state, count in figures["deliveries"]["by"].items())
        shared = figures["shared"]
        findings = ", ".join(f"{count:,} {name}" for name, count in figures["findings"].items())
        return (
            f"\nrows        {figures['rows']:,} = {figures['quarantined']:,} quarantined"
            f" + {figures['unmatched']:,} unmatched + {figures['matched']:,} matched\n"
            f"findings    {findings}\n"
            f"routes      {figures['routes']['all']:,} = {routes}\n"
            f"notices     {figures['notices']:,} ({figures['withdrawn']:,} withdrawn)\n"
            f"deliveries  {figures['deliveries']['all']:,} = {deliveries}\n"
            f"shared      {shared['items']:,} items, {shared['recipients']:,} recipients,"
            f" {shared['messages']:,} messages"
        )


def _free_port() -> int:
    """A port that nobody uses: the usual one may be another's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
