"""Registers the app."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """The app `intake`."""

    name = "schakel.intake"
    default_auto_field = "django.db.models.BigAutoField"
