"""Registers the app."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The app `oversight`."""

    name = "schakel.oversight"
    default_auto_field = "django.db.models.BigAutoField"
