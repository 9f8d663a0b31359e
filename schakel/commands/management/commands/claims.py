"""`schakel claims`: list and show claims, look for proofs, approve, refuse, settle and end them."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from schakel.commands.base import SchakelCommand
from schakel.kit.refusals import Invalid, Refused
from schakel.policy.access import SYSTEM
from schakel.registry.claims import actions, proving
from schakel.registry.models import AssetKind, Claim, ClaimState, Organisation, Proof

MOST = 1000


class Unknown(Refused):
    """There is nothing of that number or key."""

    wording = "There is no such claim or organisation:"


class Command(SchakelCommand):
    """Lists, makes, checks and judges claims."""

    help = "list, show or make claims, look for their proofs, approve, refuse, settle or withdraw them"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and what it is about."""
        acts = ["list", "show", "make", "check", "approve", "refuse", "settle", "withdraw", "expire"]
        parser.add_argument("act", choices=acts)
        number = "the number of the claim (show, approve, refuse, settle, withdraw; check looks at all that are due)"
        parser.add_argument("claim", nargs="?", default="", help=number)
        parser.add_argument("--organisation", default="", metavar="KEY", help="whose claims (list), or for whom (make)")
        parser.add_argument("--state", default="", choices=["", *ClaimState.values], help="in which state (list)")
        parser.add_argument("--kind", default="", choices=["", *AssetKind.values], help="what is claimed (make)")
        parser.add_argument("--value", default="", help="the network, name or number (make)")
        parser.add_argument("--proof", default="approval", choices=Proof.values, help="how it is proven (make)")
        result = "whose it is (settle)"
        parser.add_argument("--result", default="", choices=["", "claimant", "both", "holder"], help=result)
        parser.add_argument("--reason", default="", help="why (approve, refuse, settle)")

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the act."""
        acts: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "list": _list,
            "show": lambda options: _row(_claim(options)),
            "make": _make,
            "check": _check,
            "expire": lambda _options: {"expired": proving.expire_due(by=SYSTEM, at=timezone.now())},
        }
        return acts.get(options["act"], _judge)(options)

    def words(self, figures: dict[str, Any]) -> str:
        """A line per claim, or a line per figure."""
        if "claims" in figures:
            line = "{claim} {organisation} {kind} {value}: {state}, {proof}"
            return "\n".join(line.format(**row) for row in figures["claims"])
        return super().words(figures)


def _list(options: dict[str, Any]) -> dict[str, Any]:
    rows = Claim.objects.visible_to(SYSTEM).select_related("organisation").order_by("-pk")
    if options["organisation"]:
        rows = rows.filter(organisation=_organisation(options))
    if options["state"]:
        rows = rows.filter(state=options["state"])
    return {"claims": [_row(claim) for claim in rows[:MOST]]}


def _make(options: dict[str, Any]) -> dict[str, Any]:
    given = {name: options[name] for name in ("kind", "value", "proof")}
    return _row(actions.make(organisation=_organisation(options), by=SYSTEM, at=timezone.now(), **given))


def _check(options: dict[str, Any]) -> dict[str, Any]:
    if options["claim"]:
        claim = _claim(options)
        seen = proving.check(claim=claim, by=SYSTEM, at=timezone.now())
        return {"claim": claim.pk, "seen": seen.value, "words": claim.seen_words}
    return {"seen": proving.check_due(by=SYSTEM, at=timezone.now())}


def _judge(options: dict[str, Any]) -> dict[str, Any]:
    claim = _claim(options)
    given: dict[str, Any] = {"claim": claim, "by": SYSTEM, "at": timezone.now()}
    if options["act"] == "withdraw":
        actions.withdraw(**given)
    elif options["act"] == "settle":
        actions.settle(result=options["result"], reason=options["reason"], **given)
    elif options["act"] == "approve":
        actions.approve(reason=options["reason"], **given)
    else:
        actions.refuse(reason=options["reason"], **given)
    return _row(Claim.objects.select_related("organisation").get(pk=claim.pk))


def _claim(options: dict[str, Any]) -> Claim:
    if not options["claim"].isdecimal():
        raise Invalid("say which claim: its number.")
    claim = Claim.objects.select_related("organisation", "asset").filter(pk=int(options["claim"])).first()
    if claim is None:
        raise Unknown(options["claim"])
    return claim


def _organisation(options: dict[str, Any]) -> Organisation:
    found = Organisation.objects.filter(key=options["organisation"]).first()
    if found is None:
        raise Unknown(options["organisation"])
    return found


def _row(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.pk,
        "organisation": claim.organisation.key,
        "kind": claim.kind,
        "value": claim.value,
        "state": claim.state,
        "proof": claim.proof,
        "token": claim.token,
        "expires_at": claim.expires_at,
        "reason": claim.reason,
    }
