"""The app."""

from django.apps import AppConfig


class CollaborationConfig(AppConfig):
    """What partners do together beside warning: initiatives, contributions, interests and expectations."""

    name = "schakel.collaboration"
