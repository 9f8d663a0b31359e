"""The names behind what the journal and the registry note of who acted."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from schakel.people.models import User
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner

PREFIX = "user:"


def names_of(actors: Iterable[str], *, to: Actor) -> dict[str, str]:
    """Who stands behind each of `actors` (as `Actor.name` writes them), as far as `to` may know. One query.

    The register's keepers know every account, a partner's people their colleagues; others are “the coordinator”.
    """
    asked = set(actors) - {""}
    keys = {int(one.removeprefix(PREFIX)) for one in asked if one.removeprefix(PREFIX).isdigit()}
    users = User.objects.filter(pk__in=keys)
    if not (knows_all := to.may(Permission.PARTNER_MANAGE)):
        users = users.filter(grants__partner__in=Partner.objects.of(to, Permission.PARTNER_EDIT).values("pk"))
    found = {f"{PREFIX}{key}": name for key, name in users.values_list("pk", "username")} if keys else {}
    return {one: found.get(one, one if knows_all else _("the coordinator")) for one in asked}
