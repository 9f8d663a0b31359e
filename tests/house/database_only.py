"""A pytest plugin: keeps the tests that use a database, for the second run on another server.

`pytest -p tests.house.database_only`
"""

import pytest

FIXTURES = frozenset({"db", "transactional_db", "live_server", "django_db_serialized_rollback"})


def uses_database(item: pytest.Item) -> bool:
    """Whether a test asks for the database, by fixture or by mark."""
    fixtures = frozenset(getattr(item, "fixturenames", ()))
    return bool(fixtures & FIXTURES) or item.get_closest_marker("django_db") is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Set the others aside."""
    aside = [item for item in items if not uses_database(item)]
    items[:] = [item for item in items if uses_database(item)]
    config.hook.pytest_deselected(items=aside)
