"""`schakel doctor`: whether settings and connections work."""

import io
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection
from django.utils import timezone

from schakel.commands import database
from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Refused
from schakel.policy.sharing import basis_refusal
from schakel.post import checks
from schakel.post.checks import Trouble
from schakel.registry import law


class Unwell(Refused):
    """Something does not work."""

    wording = "These do not work:"


class Command(SchakelCommand):
    """Checks settings and connections, and says what does not work. Sends nothing."""

    help = "check settings and connections"
    needs_database = False  # That is one of the questions.

    def run(self, **options: Any) -> dict[str, Any]:
        """Look at each part in turn, whatever the others say. Raises Unwell where one does not work."""
        found = {name: _looked_at(check) for name, check in [*CHECKS.items(), *checks.CHECKS.items()]}
        if bad := [name for name, row in found.items() if not row["works"]]:
            self.show(found, as_json=options["json"])
            raise Unwell(", ".join(bad))
        return found

    def words(self, figures: dict[str, Any]) -> str:
        """A line per part."""
        rows = ((name, "ok " if row["works"] else "NOT", row["words"]) for name, row in figures.items())
        return "\n".join(f"{mark}  {name:12} {words}" for name, mark, words in rows)


def _looked_at(check: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"works": True, "words": check()}
    except Trouble as problem:
        return {"works": False, "words": str(problem)}


def _settings() -> str:
    try:
        call_command("check", stdout=io.StringIO())
    except SystemCheckError as problem:
        raise Trouble(str(problem)) from problem
    if not settings.BASE_URL.startswith("https://") and not settings.IS_LOCAL:
        raise Trouble(f"SCHAKEL_BASE_URL ({settings.BASE_URL}) must begin with https: links in mail open notices.")
    return f"links begin with {settings.BASE_URL}"


def _database() -> str:
    try:
        database.ready(migrate=False)
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        if database.is_behind():
            raise Trouble("The tables are of an older release: run schakel migrate.")
    except DatabaseError as problem:
        raise Trouble(str(problem).strip()) from problem
    return f"PostgreSQL {version}, {'embedded' if settings.IS_EMBEDDED else 'your own'}; tables are up to date"


def _store() -> str:
    place = Path(settings.STORE)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"schakel")
    except OSError as problem:
        raise Trouble(f"{place}: {problem.strerror}") from problem
    return f"{place} can be written"


def _basis() -> str:
    refusal = basis_refusal(law.basis_of(settings.LEGAL_BASIS), day=timezone.localdate(), holds_personal_data=True)
    if refusal:
        raise Trouble(
            f"SCHAKEL_LEGAL_BASIS ({settings.LEGAL_BASIS}) is no basis for telling of findings ({refusal}):"
            " nobody is told of them."
        )
    return settings.LEGAL_BASIS


def _facts() -> str:
    """The files of facts can be read; says where they lie."""
    try:
        places = law.read_all().values()
    except law.FactsUnreadable as problem:
        raise Trouble(str(problem)) from problem
    return f"read from {', '.join(sorted({str(place.parent) for place in places}))}"


CHECKS: Mapping[str, Callable[[], str]] = {
    "settings": _settings,
    "database": _database,
    "store": _store,
    "law": _facts,
    "legal basis": _basis,
}
