"""Who shares with whom in the tests: the cast with agreements that cover sharing, people with accounts, two circles."""

from datetime import date
from typing import Any

from schakel.people.models import User, UserGrant, actor_of
from schakel.policy.access import Actor, Level, Role
from schakel.policy.sharing import Tlp
from schakel.registry.models import Agreement, AgreementState, NetworkFunction
from schakel.sharing import sealing
from schakel.sharing.document import Document, Indicator, Marking, Product, Text, Weakness
from schakel.sharing.items import drafting, publishing
from schakel.sharing.items.terms import SharingTerms
from schakel.sharing.models import Circle, CircleMember, CircleWords, SharedItem
from schakel.sharing.words import CircleState
from tests.cast import NOON

EVERYONE = ("everyone:",)


def share(country) -> None:
    """Let the partners of the cast take part in information sharing, from the first of the year."""
    for partner in (country.harbour_circle, country.care_csirt):
        partner.functions = [*partner.functions, NetworkFunction.SHARING]
        partner.save()
        Agreement.objects.create(
            partner=partner,
            functions=[NetworkFunction.SHARING],
            from_on=date(2026, 1, 2),
            state=AgreementState.SIGNED,
        )


def person(name: str, role: Role, **body) -> Actor:
    """Somebody with an account; `body` is the partner or the organisation, and perhaps the level."""
    user = User.objects.create(username=name, email=f"{name}@example.org")
    UserGrant.objects.create(user=user, role=role, **({"level": Level.MEMBER} | body))
    return actor_of(user)


def document(title="Lek in Poortwachter", *, action="Werk Poortwachter bij tot versie 4.2.", **given) -> Document:
    """An advisory about an invented product."""
    texts = (
        Text(language="nl", title=title, summary="Een lek dat misbruikt wordt.", body="**Ernstig.**", action=action),
    )
    told: dict[str, Any] = {
        "kind": "advisory",
        "texts": texts,
        "marking": Marking(tlp=Tlp.GREEN),
        "publisher": "Havenkring",
        "weaknesses": (Weakness(cve="CVE-2026-0101", score=9.8),),
        "products": (Product(name="Poortwachter", vendor="Zoutwijk Software", version="4.1", status="affected"),),
        "indicators": (Indicator(kind="domain", value="poort.example"), Indicator(kind="ip", value="192.0.2.9")),
    }
    return Document(title=title, **(told | given))


def terms(tlp="green", addresses=EVERYONE, **given) -> SharingTerms:
    """How it is to be shared."""
    return SharingTerms(tlp=Tlp(tlp), addresses=tuple(addresses), **given)


def circle(name="Sluiswachters", *, is_closed=False, **given) -> Circle:
    """An open circle on an agreement, or a closed one on a covenant."""
    made = Circle(
        key=name.lower(),
        is_closed=is_closed,
        state=CircleState.OPEN,
        basis="covenant" if is_closed else "agreement",
        sealed_key=sealing.new_key() if is_closed else b"",
        made_at=NOON,
        made_by="desk",
        **given,
    )
    url = "https://example.org/convenant" if is_closed else ""
    made.speak(CircleWords(name, "Samen kijken naar sluizen.", basis="Convenant sluizen", basis_url=url))
    made.save()
    return made


def join(group: Circle, actor: Actor | None = None, **body) -> CircleMember:
    """Take a body or a person for a body into a circle."""
    user = {"user_id": actor.user_id} if actor else {}
    return CircleMember.objects.create(circle=group, from_at=NOON, added_by="desk", **user, **body)


def out(
    *, by: Actor, owner=None, at=NOON, tlp="green", addresses=EVERYONE, group=None, reviewer=None, **given
) -> SharedItem:
    """An item that is published, reviewed by another first where that is asked."""
    item = drafting.draft(
        document=given.pop("document", document()), terms=terms(tlp, addresses, **given), owner=owner, circle=group,
        by=by, at=at,
    )  # fmt: skip
    if reviewer is not None:
        publishing.approve(item=item, by=reviewer, at=at)
    publishing.publish(item=item, by=by, at=at)
    return item
