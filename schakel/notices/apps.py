"""Registers the app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The app `notices`."""

    name = "schakel.notices"
    default_auto_field = "django.db.models.BigAutoField"
