"""Who asks: a program with a key, or whoever holds a link. No cookies and no sessions."""

from dataclasses import replace

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from schakel.people import tokens
from schakel.policy.access import NOBODY, Actor, Permission
from schakel.registry.partners import capacities

LOOKING = {"GET", "HEAD", "OPTIONS"}


class Request(HttpRequest):
    """A request that has been let in by its key."""

    auth: Actor


class Key(HttpBearer):
    """`Authorization: Bearer …` with a key made by `schakel token add`."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The key's actor, or None, which is answered with 401."""
        actor = tokens.actor_of_key(token, at=timezone.now())
        if request.method not in LOOKING and actor.may(Permission.PARTNER_MANAGE):
            actor = replace(actor, capacity=capacities.acting("", on=timezone.localdate()))
        return None if actor == NOBODY else actor
