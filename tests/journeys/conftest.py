"""Fixtures of the site for journeys."""

from tests.web.conftest import plain_static_files, site_is_built

__all__ = ["plain_static_files", "site_is_built"]
