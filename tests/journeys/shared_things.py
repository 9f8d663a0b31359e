"""Items in every label, for every kind of addressee, in and out of circles: each says in all its parts which it is.

A mark reads `zzitem` and the item's name. Beside it stands who may read it: written here by hand, apart from the code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from schakel.jobs import csaf, misp, serving, sharing
from schakel.policy.sharing import Tlp
from schakel.sharing.document import Indicator, Marking, Original, Product, Reference, Text, Weakness
from schakel.sharing.items import drafting, publishing
from schakel.sharing.models import Passing, SharedItem
from tests.sharing import world

PARTNERS = {"member", "colleague", "neighbour", "neighbours_colleague"}
DESK = {"desk", "second"}
CONSTITUENTS = {"client", "patient"}
MEMBERS = PARTNERS | DESK | CONSTITUENTS
OUTSIDE = {"visitor", "stranger", "steward", "auditor"}
HARBOUR = {"member", "colleague"}
CARE = {"neighbour", "neighbours_colleague"}
CLOSED = {"neighbour", "second"}


@dataclass(frozen=True)
class Case:
    """One item: whose, under which label, to whom, and who may read it."""

    name: str
    owner: str
    tlp: str
    to: tuple[str, ...]
    readers: frozenset[str]
    circle: str = ""
    state: str = "published"
    days: int = 0  # Of embargo.

    @property
    def mark(self) -> str:
        return f"zzitem{self.name}"


def case(name, owner, tlp, to, readers, **given):
    return Case(name, owner, tlp, tuple(to), frozenset(readers), **given)


CASES = [
    case("forall", "desk", "clear", ["everyone:"], MEMBERS | OUTSIDE),
    case("greenall", "harbour", "green", ["everyone:"], MEMBERS),
    case("greensector", "harbour", "green", ["sector:health"], PARTNERS),
    case("clearsector", "harbour", "clear", ["sector:health"], PARTNERS),
    case("ambersector", "desk", "amber", ["sector:health"], DESK | CARE),
    case("amberpartner", "care", "amber", ["partner:harbour"], HARBOUR | CARE),
    case("strictpartner", "care", "amber+strict", ["partner:harbour"], HARBOUR | CARE),
    case("amberdesk", "harbour", "amber", ["desk:"], HARBOUR | DESK),
    case("amberbody", "care", "amber", ["organisation:harbour"], CARE | {"client"}),
    case("strictbody", "care", "amber+strict", ["organisation:hospital"], CARE | {"patient"}),
    case("redmember", "desk", "red", ["person:member"], {"desk", "member"}),
    case("redclient", "care", "red", ["person:client"], {"neighbour", "client"}),
    case("opencircle", "harbour", "amber", ["circle:open"], HARBOUR | DESK, circle="open"),
    case("closedcircle", "care", "amber", ["circle:closed"], CLOSED, circle="closed"),
    case("closedclear", "care", "clear", ["circle:closed"], CLOSED, circle="closed"),
    case("draftofharbour", "harbour", "green", ["everyone:"], HARBOUR, state="draft"),
    case("draftofdesk", "desk", "clear", ["everyone:"], DESK, state="draft"),
    case("draftofcare", "care", "clear", ["everyone:"], CARE, state="draft"),
    case("dropped", "care", "clear", ["everyone:"], CARE, state="dropped"),
    case("embargoed", "care", "clear", ["everyone:"], CARE, days=3),
    case("embargopast", "care", "green", ["everyone:"], MEMBERS, days=-3),
    case("retracted", "care", "green", ["everyone:"], MEMBERS, state="retracted"),
    case("passed", "care", "green", ["partner:harbour"], HARBOUR | CARE | {"client"}),
    case("passedamber", "care", "amber", ["partner:harbour"], HARBOUR | CARE),
]
BY_MARK = {one.mark: one for one in CASES}
PASSED = {"passed", "passedamber"}


def document(one: Case, *, indicators: int = 1):
    """What the item says: its mark in every part."""
    mark = one.mark
    text = Text(language="nl", title=mark, summary=f"{mark} kort", body=f"{mark} lang", action=f"Doe {mark}.")
    return world.document(
        mark,
        texts=(text,),
        marking=Marking(tlp=Tlp(one.tlp), terms=(f"{mark} voorwaarde",)),
        publisher=f"{mark} uitgever",
        contributors=(f"{mark} maker",),
        weaknesses=(Weakness(cve="CVE-2026-0101", name=mark, score=9.8),),
        products=(Product(name=mark, vendor=f"{mark} BV", status="affected"),),
        references=(Reference(url=f"https://{mark}.example/", summary=mark),),
        names=(f"{mark} naam",),
        labels=(f"{mark}-soort",),
        indicators=tuple(
            Indicator(kind="domain", value=f"h{number}.{mark}.example", comment=mark, labels=(mark,))
            for number in range(indicators)
        ),
        original=Original(format="text", version="", content=mark.encode(), digest=f"{len(mark):064x}"),
    )


class Shared:
    """The rows: people, circles, and an item of each case."""

    def __init__(self, network: Any, chosen: Callable[[Case], bool] = lambda _one: True) -> None:
        self.network = network
        self.circles = {"open": world.circle("zzcircleopen"), "closed": world.circle("zzcircleclosed", is_closed=True)}
        world.join(self.circles["open"], partner=network.harbour)
        world.join(self.circles["open"], is_desk=True)
        world.join(self.circles["closed"], network.neighbour, partner=network.care, is_moderator=True)
        world.join(self.circles["closed"], network.second, is_desk=True)
        self.items: dict[str, SharedItem] = {}
        self.add(chosen)

    def add(self, chosen: Callable[[Case], bool]) -> None:
        """Make the items that are chosen."""
        made = {one.name: self._made(one) for one in CASES if chosen(one)}
        for item in made.values():
            if item.published_version is not None:
                sharing.tell(item_id=item.pk, version=item.published_version)
                serving.serve(item_id=item.pk)
        misp.make_feed()
        csaf.make_csaf()
        self.items |= made

    def _made(self, one: Case) -> SharedItem:
        network, now = self.network, timezone.now()
        author, second = {
            "harbour": (network.member, network.colleague),
            "care": (network.neighbour, network.neighbours_colleague),
            "desk": (network.desk, network.second),
        }[one.owner]
        group = self.circles.get(one.circle)
        owner = None if one.owner == "desk" else getattr(network, one.owner)
        item = drafting.draft(
            document=document(one), owner=owner, circle=group, by=author, at=now,
            terms=world.terms(one.tlp, [self._address(to) for to in one.to], embargo_until=_until(one, now)),
        )  # fmt: skip
        if one.state == "draft":
            return item
        if one.state == "dropped":
            drafting.drop(item=item, by=author, at=now)
            return item
        # Under these labels a second person says yes; who is not named or not in the circle cannot be that one.
        SharedItem.objects.filter(pk=item.pk).update(reviewed_version=1, reviewed_by=second.user_id, reviewed_at=now)
        item.refresh_from_db()
        publishing.publish(item=item, by=author, at=now)
        if one.state == "retracted":
            publishing.retract(item=item, reason=f"{one.mark} bestaat niet.", by=author, at=now)
        if one.name in PASSED:
            Passing.objects.create(
                item=item, partner=network.harbour, title=one.mark, intro=one.mark, passed_at=now, passed_by="anna"
            )
        return item

    def _address(self, to: str) -> str:
        kind, _, value = to.partition(":")
        network = self.network
        rows = {
            "partner:harbour": network.harbour.pk,
            "organisation:harbour": network.country.harbour.pk,
            "organisation:hospital": network.country.hospital.pk,
            "person:member": network.member.user_id,
            "person:client": network.client.user_id,
            "circle:open": self.circles["open"].pk,
            "circle:closed": self.circles["closed"].pk,
        }
        return f"{kind}:{rows.get(to, value)}"


def _until(one: Case, now):
    return now + timedelta(days=one.days) if one.days else None
