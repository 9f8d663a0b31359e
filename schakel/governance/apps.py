"""Registers the app."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """The app `governance`."""

    name = "schakel.governance"
    default_auto_field = "django.db.models.BigAutoField"
