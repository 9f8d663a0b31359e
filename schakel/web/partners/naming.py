"""A partner by its name, as people type it: only partners that they may know of are found."""

from django.utils.translation import gettext as _

from schakel.kit.refusals import Invalid
from schakel.policy.access import Actor
from schakel.registry.models import Partner, PartnerQuerySet

MOST_SUGGESTED = 500
"""A list of suggestions beyond this helps nobody."""


def partner_named(name: str, *, to: Actor) -> Partner | None:
    """The one partner of that name or key that `to` may know of; None where there is none.

    Raises Invalid where several have the name.
    """
    known: PartnerQuerySet = Partner.objects.visible_to(to)
    found = list(known.filter(key=name.strip())[:1]) or list(known.filter(name__iexact=" ".join(name.split()))[:2])
    if len(found) > 1:
        raise Invalid(_("several partners have this name; give the key instead."))
    return found[0] if found else None


def the_partner_named(name: str, *, to: Actor) -> Partner:
    """The partner of that name or key. Raises Invalid where there is none, or several."""
    if (partner := partner_named(name, to=to)) is None:
        raise Invalid(_("there is no partner of this name."))
    return partner


def suggestions(actor: Actor) -> list[str]:
    """Names of partners to choose from while typing."""
    return list(Partner.objects.visible_to(actor).order_by("name").values_list("name", flat=True)[:MOST_SUGGESTED])
