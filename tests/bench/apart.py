"""A bench in a process of its own, with a database of its own that is thrown away afterwards."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def measured(module: str, size: str) -> dict[str, Any]:
    """What `python -m tests.bench.<module> --inside <size>` prints as JSON."""
    from schakel.kit import embedded

    with tempfile.TemporaryDirectory(prefix="schakel-bench-") as name:
        Path(name).chmod(0o755)  # The database's own user passes through it.
        own = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        own |= {"SCHAKEL_DATA_DIR": str(Path(name) / "var"), "DJANGO_SETTINGS_MODULE": "schakel.config.settings"}
        command = [sys.executable, "-m", f"tests.bench.{module}", "--inside", size]
        done = subprocess.run(command, env=own, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        shutil.rmtree(embedded.socket_folder(Path(name) / "var" / "postgresql"), ignore_errors=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def ready() -> None:
    """Django and an empty database, in this process."""
    import django

    django.setup()
    from schakel.commands import database

    database.ready()
