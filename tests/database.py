"""The database that all workers copy theirs from, so that the migrations run once and not in each of them."""

import fcntl
import hashlib
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

PREFIX = "pattern_"


def pattern() -> str:
    """The name of a database with all tables, made anew where what migrations read has changed."""
    name = PREFIX + _digest()
    with (Path(settings.DATA_DIR) / "pattern.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Workers start at the same moment.
        with connection._nodb_cursor() as cursor:
            server = cursor.connection
            known = _patterns(server)
            if name not in known:
                _drop(server, known)
                _make(server, name)
    return name


def _digest() -> str:
    """All that a migration may read: the files of the apps that have any."""
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if (folder / "migrations").is_dir():
            for file in sorted(one for one in folder.rglob("*") if one.is_file() and "__pycache__" not in one.parts):
                digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _patterns(server: psycopg.Connection) -> list[str]:
    found = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    return [name for (name,) in found.fetchall()]


def _drop(server: psycopg.Connection, names: list[str]) -> None:
    for name in names:
        server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def _make(server: psycopg.Connection, name: str) -> None:
    """Under another name until it is whole, as a run may be interrupted."""
    unfinished = sql.Identifier(f"{PREFIX}unfinished")
    server.execute(sql.SQL("CREATE DATABASE {}").format(unfinished))
    own, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], f"{PREFIX}unfinished"
    try:
        call_command("migrate", verbosity=0, run_syncdb=True)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(unfinished, sql.Identifier(name)))
