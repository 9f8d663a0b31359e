"""Fixtures for every test."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile("house", deadline=None)  # A busy machine is no defect.
hypothesis_settings.load_profile("house")

ROOT = Path(__file__).parent.parent


@pytest.hookimpl(trylast=True)  # After the order was shuffled.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no core waits for another at the end; but last of all those that empty the tables."""
    long = ("browser", "slow", "walk")
    items.sort(key=lambda item: (_empties_tables(item), not any(map(item.get_closest_marker, long))))


def _empties_tables(item: pytest.Item) -> bool:
    """Whether a test leaves tables without what the migrations wrote: nothing that relies on it may follow."""
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        return True
    return not {"live_server", "transactional_db"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def shared_samples() -> Path:
    """Real files of the formats we speak, where they lie beside the project."""
    samples = ROOT.parent / "shared" / "samples"
    if not samples.is_dir():
        pytest.skip(f"no folder {samples.name} beside the project: the corpus of real files is not tested here")
    return samples


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker) -> None:
    """Start the embedded server before the test database is made, as a copy of one with all tables."""
    from django.db import connection

    from schakel.commands import database
    from tests.database import pattern

    database.ready(migrate=False)
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = pattern()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Making a password hard to guess takes half a second a time; no test rests on how hard it is."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def static_root_exists() -> None:
    """The site looks there as it starts; what it serves in tests, it finds elsewhere."""
    from django.conf import settings

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    """Each test keeps its reports and its index in a folder of its own."""
    settings.STORE = str(tmp_path / "store")


@pytest.fixture
def own_functions(settings, tmp_path):
    """Writes a file of functions of one's own, in the place of ours."""
    from schakel.registry import starts

    settings.FACTS = str(tmp_path)

    def write(text: str) -> None:
        (tmp_path / "functions.toml").write_text(text)
        starts._read.cache_clear()

    yield write
    starts._read.cache_clear()


@pytest.fixture
def standing_clock(monkeypatch):
    """A limit counts within a span of the clock, which a busy machine may leave before a test is through."""
    from django.utils import timezone

    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    monkeypatch.setattr("allauth.core.internal.ratelimit.time", SimpleNamespace(**vars(time) | {"time": now.timestamp}))


@pytest.fixture
def country(db):
    """The rows of the cast."""
    from tests.cast import Country

    return Country()


@pytest.fixture
def real_commits(transactional_db):
    """A database in which transactions really commit; emptied afterwards, the append-only journal too."""
    from django.db import connection

    yield
    connection.close()  # A test may have cut it.
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # Lets the emptying pass the journal's triggers.


@pytest.fixture
def internet(settings, tmp_path, monkeypatch):
    """Name servers, web sites and a registry on this machine, and ourselves set to ask them."""
    from schakel.registry.proofs import fetching
    from tests.internet import Internet

    made = Internet(tmp_path)
    settings.LOOKUPS = settings.LOOKUPS_PRIVATE = True
    settings.RESOLVERS, settings.RDAP_BOOTSTRAP = made.names.place, f"{made.registry_url}/boot"
    monkeypatch.setattr(fetching._Guarded, "default_port", made.web.port)  # Only root may open 443.
    monkeypatch.setenv("SSL_CERT_FILE", str(made.trusted))
    yield made
    made.stop()
