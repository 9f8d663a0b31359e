"""The app."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """What the network tells each other of threats and weaknesses, and what to do about them."""

    name = "schakel.sharing"
