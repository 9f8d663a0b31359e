"""Registers the door."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The door `jobs`."""

    name = "schakel.jobs"
