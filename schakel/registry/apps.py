"""Registers the app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The app `registry`."""

    name = "schakel.registry"
    default_auto_field = "django.db.models.BigAutoField"
