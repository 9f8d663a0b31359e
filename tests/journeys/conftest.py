"""Fixtures of the site for journeys."""

from tests.sharing.conftest import network, own_circle_key
from tests.web.conftest import plain_static_files, site_is_built

__all__ = ["network", "own_circle_key", "plain_static_files", "site_is_built"]
