"""One item as a file in a format of others."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, Refused, permit
from schakel.policy.access import Actor
from schakel.policy.channels import Channel, Load, Stop, stop
from schakel.policy.sharing import Tlp
from schakel.sharing.document import Document
from schakel.sharing.formats.base import Written
from schakel.sharing.formats.registry import WRITTEN
from schakel.sharing.items import content
from schakel.sharing.models import ItemVersion, SharedItem

FILE = Channel(ceiling=Tlp.AMBER_STRICT, is_encrypted=True)
"""A file on the machine of whoever asks for it travels nowhere yet."""


class Withheld(Refused):
    """The label or the circle of the item does not let it leave so."""

    wording = _("This item may not leave as a file:")


REASONS = {
    Stop.UNKNOWN_LABEL: _("its label is not known."),
    Stop.NAMED_PEOPLE_ONLY: _("it is for named people, who read it here."),
    Stop.ABOVE_CEILING: _("its label is too strict for a file."),
    Stop.MUST_BE_ENCRYPTED: _("its author lets it travel encrypted only."),
    Stop.IN_CLOSED_CIRCLE: _("it lies in a closed circle."),
}


@transaction.atomic
def export(*, item: SharedItem, format: str, by: Actor, at: datetime, version: str = "") -> Written:  # noqa: A002
    """The item in that format (`formats.registry.WRITTEN`), under its own label; `version`: of the format.

    Of an item that is out, what is out; else its newest draft. Raises NotPermitted, Invalid, Withheld, Uncarried.
    """
    permit(SharedItem.objects.visible_to(by).filter(pk=item.pk).exists())
    if format not in WRITTEN:
        raise Invalid(_("choose one of these formats:"), ", ".join(sorted(WRITTEN)))
    load = Load(tlp=item.tlp, iep=item.iep, is_sealed=item.circle is not None and item.circle.is_closed)
    if reason := stop(load, channel=FILE):
        raise Withheld(REASONS[reason])
    written = WRITTEN[format].write(document_of(item), version=version)
    record("sharing.item.exported", on=item, by=by, at=at, format=format)
    return written


def document_of(item: SharedItem) -> Document:
    """What an item says to others, under the label that it has here: never a wider one than its version says."""
    number = item.published_version or item.version_count
    version = ItemVersion.objects.select_related("item__circle").get(item=item, number=number)
    document = content.document_of(version)
    return replace(
        document,
        marking=replace(document.marking, tlp=Tlp(item.tlp)),
        published_at=document.published_at or item.published_at or item.made_at,
    )
