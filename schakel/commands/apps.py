"""Registers the door."""

from django.apps import AppConfig


class CommandsConfig(AppConfig):
    """The door `commands`."""

    name = "schakel.commands"
