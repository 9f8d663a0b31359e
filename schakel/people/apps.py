"""Registers the app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The app `people`."""

    name = "schakel.people"
    default_auto_field = "django.db.models.BigAutoField"
