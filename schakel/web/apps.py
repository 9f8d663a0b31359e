"""Registers the door."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The door `web`."""

    name = "schakel.web"
