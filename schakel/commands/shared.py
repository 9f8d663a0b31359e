"""What the desk and a partner of the invented country share, in a few items: each page has something on it."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from pydantic import TypeAdapter

from schakel.commands.accounts import partner_of_the_demonstration
from schakel.commands.cooperation import own
from schakel.policy.access import SYSTEM, Actor, Grant, Role
from schakel.policy.sharing import Tlp
from schakel.registry.models import NetworkFunction, Partner, PartnerStanding
from schakel.sharing.document import Document
from schakel.sharing.items import drafting, publishing
from schakel.sharing.items.terms import SharingTerms
from schakel.sharing.ledger import telling
from schakel.sharing.models import Receipt, SharedItem

DESK = Actor(name="demonstration", grants=(Grant(Role.COORDINATOR),))
SECOND = Actor(name="demonstration-second", grants=(Grant(Role.COORDINATOR),))
FILE = Path(__file__).parent / "data" / "shared.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One item of the file."""

    document: Document
    to: tuple[str, ...]
    hours_ago: int
    is_of_partner: bool = False
    is_reviewed: bool = False
    is_draft: bool = False


_EXAMPLES = TypeAdapter(tuple[Example, ...])


@transaction.atomic
def show(*, at: datetime) -> dict[str, int] | None:
    """Let the desk and a partner share something; None where an earlier demonstration did so."""
    if SharedItem.objects.exists():
        return None
    partner = _who_shares()
    for example in _EXAMPLES.validate_python(tomllib.loads(FILE.read_text(encoding="utf-8"))["items"]):
        if partner or not example.is_of_partner:
            _share(example, partner if example.is_of_partner else None, at - timedelta(hours=example.hours_ago))
    told = Receipt.objects.filter(refusal="").count()
    return {"shared items": SharedItem.objects.count(), "recipients": told}


def _who_shares() -> Partner | None:
    """The partner that one can log in as, if it takes part in sharing; else another."""
    sharing = Partner.objects.filter(standing=PartnerStanding.PARTNER, functions__contains=[NetworkFunction.SHARING])
    first = partner_of_the_demonstration()
    return first if first and sharing.filter(pk=first.pk).exists() else sharing.order_by("pk").first()


def _share(example: Example, owner: Partner | None, at: datetime) -> None:
    by = own(owner) if owner else DESK
    terms = SharingTerms(tlp=example.document.marking.tlp or Tlp.AMBER, addresses=example.to)
    item = drafting.draft(document=example.document, terms=terms, owner=owner, by=by, at=at)
    if example.is_reviewed:
        publishing.approve(item=item, by=SECOND, at=at)
    if not example.is_draft:
        version = publishing.publish(item=item, by=by, at=at)
        telling.tell(item=item, version=version.number, by=SYSTEM, at=at)
