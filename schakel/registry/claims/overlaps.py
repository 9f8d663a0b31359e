"""Who else holds the same, something around it or something within it: by indexes, however large the registry."""

import ipaddress
from collections.abc import Iterator
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Cast, Reverse

from schakel.registry.claims.values import WIDEST
from schakel.registry.models import Asset, AssetKind, AssetRole, Overlap

MOST = 50  # Whoever claims a network with more holders in it has a conflict anyway.


def overlaps(kind: str, value: str, *, organisation_id: int, at: datetime) -> Iterator[tuple[Asset, Overlap]]:
    """What other organisations own today that lies on the claimed value, nearest first; operators do not count."""
    valid = (Q(valid_from=None) | Q(valid_from__lte=at)) & (Q(valid_until=None) | Q(valid_until__gt=at))
    others = Asset.objects.filter(valid, kind=kind, role=AssetRole.OWNER).exclude(organisation_id=organisation_id)
    for overlap, found in _kinds(kind, value, others):
        for asset in found.order_by("pk")[:MOST]:
            yield asset, overlap


def _kinds(kind: str, value: str, others: models.QuerySet[Asset]) -> Iterator[tuple[Overlap, models.QuerySet[Asset]]]:
    if kind == AssetKind.NETWORK:
        yield Overlap.SAME, others.filter(_network(" = ", value, "::inet"))
        yield Overlap.WITHIN, others.filter(_network(" = ANY(", wider(value), "::inet[])"))
        yield Overlap.AROUND, others.filter(_network(" << ", value, "::inet"))
        return
    by_name = others.annotate(turned=Reverse("value"))
    yield Overlap.SAME, by_name.filter(turned=value[::-1])
    if kind != AssetKind.ASN:
        yield Overlap.WITHIN, by_name.filter(turned__in=[name[::-1] for name in parents(value)])
        yield Overlap.AROUND, by_name.filter(turned__startswith=f"{value[::-1]}.")


def wider(value: str) -> list[str]:
    """The networks around a network, as far as anybody can hold them."""
    network = ipaddress.ip_network(value)
    lengths = range(WIDEST[network.version], network.prefixlen)
    return [str(network.supernet(new_prefix=length)) for length in lengths]


def parents(name: str) -> list[str]:
    """The names above a name; a public suffix among them is held by nobody."""
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(1, len(labels) - 1)]


def _network(operator: str, operand: str | list[str], ending: str) -> Func:
    """A comparison of networks, in the words of the index `asset_by_network`."""
    field = ArrayField(models.TextField()) if isinstance(operand, list) else models.TextField()
    return Func(
        Cast("value", models.GenericIPAddressField()),
        Value(operand, output_field=field),
        template=f"%(expressions)s{ending}",
        arg_joiner=operator,
        output_field=models.BooleanField(),
    )
