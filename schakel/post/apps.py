"""Registers the app."""

from django.apps import AppConfig


class PostConfig(AppConfig):
    """The app `post`."""

    name = "schakel.post"
    default_auto_field = "django.db.models.BigAutoField"
