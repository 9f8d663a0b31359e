"""Who may do what in a circle, and what its words must hold."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import Invalid
from schakel.policy.access import Actor, Permission
from schakel.registry.partners.words_given import NAME_LIMIT, line, text, web_address
from schakel.sharing.models import Circle, CircleMember, CircleMemberQuerySet, CircleWords

WRITES = (Permission.ITEM_EDIT, Permission.ITEM_ANSWER)
"""Who takes part with more than reading: people of partners write items, people of organisations answer them."""


def moderating(actor: Actor, circle: Circle) -> bool:
    """Whether the actor moderates the circle; open ones are looked after by the coordinator too."""
    if not circle.is_closed and actor.may(Permission.CIRCLE_MANAGE):
        return True
    return memberships(actor, circle).filter(is_moderator=True).exists()


def taking_part(actor: Actor, circle: Circle) -> bool:
    """Whether the actor is in the circle and may do more than read."""
    return memberships(actor, circle).exists()


def memberships(actor: Actor, circle: Circle) -> CircleMemberQuerySet:
    """The actor's memberships of the circle by which it may do more than read."""
    held = [CircleMember.objects.held_by(actor, permission).filter(circle=circle) for permission in WRITES]
    return held[0] | held[1]


def tidied(words: CircleWords) -> CircleWords:
    """The words in order. Raises Invalid without a name and a purpose, or where the address is none."""
    told = replace(
        words,
        name=line(words.name, limit=NAME_LIMIT),
        purpose=text(words.purpose),
        rules=text(words.rules),
        basis=line(words.basis),
        basis_url=web_address(words.basis_url),
    )
    if not told.name:
        raise Invalid(_("give the circle a name."))
    if not told.purpose:
        raise Invalid(_("say what the circle is for."))
    return told
