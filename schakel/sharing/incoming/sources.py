"""Sources of items: on what terms we hear from somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pysequoia
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.people.models import User
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner
from schakel.sharing.models import ItemSource
from schakel.sharing.words import SourceKind

HOURLY = timedelta(hours=1)
MOST_OFTEN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTerms:
    """What is agreed with a source, or decided about it: see `ItemSource`."""

    name: str
    kind: str = SourceKind.HAND
    address: str = ""
    secret_file: str = ""
    formats: tuple[str, ...] = ()
    default_tlp: str = ""
    reliability: str = ""
    certificates: str = ""
    every: timedelta = HOURLY


@transaction.atomic
def add(
    *, terms: SourceTerms, owner: Partner | None, by: Actor, at: datetime, slug: str = "", keeper: User | None = None
) -> ItemSource:
    """Begin to hear from somebody. `owner` None: the desk. Raises NotPermitted, Invalid."""
    permit(by.may(Permission.ITEM_IMPORT, partner_id=owner.pk if owner else None))
    _check(terms)
    named = slugify(slug or terms.name)
    if not named or ItemSource.objects.filter(slug=named).exists():
        raise Invalid(_("give the source a name that no other source has."))
    source = ItemSource.objects.create(slug=named, owner=owner, keeper=keeper, made_at=at, **_columns(terms))
    record("sharing.source.added", on=source, by=by, at=at, kind=terms.kind)
    return source


@transaction.atomic
def change(*, source: ItemSource, terms: SourceTerms, is_active: bool, by: Actor, at: datetime) -> None:
    """Hear from somebody on other terms, or no more. Raises NotPermitted, Invalid."""
    permit(by.may(Permission.ITEM_IMPORT, partner_id=source.owner_id))
    _check(terms)
    columns = _columns(terms)
    if (terms.kind, terms.address) != (source.kind, source.address):
        columns["position"] = {}  # Elsewhere everything is new.
    ItemSource.objects.filter(pk=source.pk).update(is_active=is_active, failure="", **columns)
    source.refresh_from_db()
    record("sharing.source.changed", on=source, by=by, at=at, kind=terms.kind, is_active=is_active)


def certificates_of(armoured: str) -> Iterable[pysequoia.Cert]:
    """The certificates in a text, each in an armour of its own. Raises Invalid."""
    mark = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
    for block in armoured.split(mark)[1:]:
        try:
            yield pysequoia.Cert.from_bytes((mark + block).encode())
        except RuntimeError as error:
            raise Invalid(_("one of the OpenPGP keys cannot be read:"), str(error).partition("\n")[0]) from error


def _check(terms: SourceTerms) -> None:
    if not terms.name.strip():
        raise Invalid(_("give the source a name that no other source has."))
    if terms.kind != SourceKind.HAND and not terms.address.strip():
        raise Invalid(_("say where its items are: an address or a folder."))
    if terms.every < MOST_OFTEN:
        raise Invalid(_("once a minute is the most often that we ask."))
    list(certificates_of(terms.certificates))


def _columns(terms: SourceTerms) -> dict[str, object]:
    names = ("name", "kind", "address", "secret_file", "default_tlp", "reliability", "certificates", "every")
    return {name: getattr(terms, name) for name in names} | {"formats": list(terms.formats)}
