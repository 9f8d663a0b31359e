"""Looking for proofs: a job asks the Internet, outside any transaction, and writes down what it saw."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.limits import Limit
from schakel.kit.refusals import WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Grant, Permission, Role
from schakel.registry.claims import holding, outcome
from schakel.registry.models import CLAIM_MOVES, AssetKind, Claim, ClaimState, Evidence, Proof, Sight
from schakel.registry.proofs import Away, challenges, rdap, security_txt

LINK = Actor(name="link:claim", grants=(Grant(Role.SYSTEM),))
"""Whoever holds the link in a mail: the link itself is the permission."""
BATCH = 25  # Each may take some seconds of waiting.
LEASE = timedelta(minutes=15)
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=1)
REMIND = timedelta(days=7)
LETTER = "registry.write_claim"
PER_ADDRESS = Limit("claim-mail", count=5, seconds=86_400)


def check_due(*, by: Actor, at: datetime) -> dict[str, int]:
    """Look at the claims that are due, at most BATCH of them; each is taken by one worker only.

    Returns a count per thing seen. Raises NotPermitted.
    """
    permit(by.may(Permission.CLAIM_SETTLE))
    seen: dict[str, int] = {}
    due = Claim.objects.filter(Q(state=ClaimState.OPEN) | Q(state=ClaimState.PROVEN), due_at__lte=at)
    for claim in due.order_by("due_at").select_related("organisation")[:BATCH]:
        if Claim.objects.filter(pk=claim.pk, due_at=claim.due_at).update(due_at=at + LEASE):
            sight = check(claim=claim, by=by, at=at)
            seen[sight.value] = seen.get(sight.value, 0) + 1
    if sum(seen.values()) == BATCH:
        outcome.wake()
    return seen


def check(*, claim: Claim, by: Actor, at: datetime) -> Sight:
    """Look once for a claim's proof, and write down what was seen. Raises NotPermitted."""
    permit(by.may(Permission.CLAIM_SETTLE))
    try:
        sight, evidence = _look(claim)
    except Away as away:
        return _note(claim, Sight.AWAY, words=str(away), due_at=at + away.wait, at=at)
    if sight == Sight.FOUND:
        _prove(claim, evidence, by=by, at=at)
        return sight
    if sight == Sight.MAILED:
        return _ask_by_mail(claim, evidence, by=by, at=at)
    return _note(claim, sight, due_at=_next(claim, at), at=at)


@transaction.atomic
def confirm(*, claim: Claim, by: Actor, at: datetime) -> Claim:
    """The contact says yes: the claim is proven. Raises NotPermitted, WrongState where it was answered before."""
    permit(by.may(Permission.CLAIM_SETTLE))
    locked = Claim.objects.select_for_update(no_key=True).get(pk=claim.pk)
    if locked.state not in {ClaimState.OPEN, ClaimState.PROVEN} or locked.seen != Sight.MAILED:
        raise WrongState
    locked.seen = Sight.FOUND
    evidence = {"confirmed_by": locked.mailed_to, "confirmed_at": at.isoformat()}
    outcome.prove(locked, evidence=evidence, verified=True, by=by, at=at)
    return locked


@transaction.atomic
def deny(*, claim: Claim, words: str, by: Actor, at: datetime) -> None:
    """The contact says no: an open claim is refused, a proven one goes no further. Raises NotPermitted, WrongState."""
    permit(by.may(Permission.CLAIM_SETTLE))
    with override(claim.organisation.language):  # It is kept, and its organisation reads it.
        reason = words.strip()[:500] or _("The contact says that it is not theirs.")
    decided = {"reason": reason, "decided_at": at, "decided_by": by.name, "due_at": None, "seen": Sight.ABSENT}
    move(claim, ClaimState.REFUSED, moves=CLAIM_MOVES, **decided)
    claim.refresh_from_db(fields=["asset"])  # It may have been proven since it was read.
    if claim.asset:
        holding.lower(claim.asset, Evidence.CLAIMED)
    record("registry.claim.denied", by=by, at=at, on=claim)


@transaction.atomic
def expire_due(*, by: Actor, at: datetime) -> int:
    """End claims whose time is over: what was verified counts as claimed from now on, what was claimed as inferred.

    Returns how many. Raises NotPermitted.
    """
    permit(by.may(Permission.CLAIM_SETTLE))
    over = Claim.objects.filter(state__in=[ClaimState.OPEN, ClaimState.PROVEN], expires_at__lte=at)
    claims = list(over.select_for_update(no_key=True, skip_locked=True, of=("self",)).select_related("asset")[:1000])
    for claim in claims:
        if claim.asset:
            is_verified = claim.asset.evidence == Evidence.VERIFIED
            holding.lower(claim.asset, Evidence.CLAIMED if is_verified else Evidence.INFERRED)
        move(claim, ClaimState.EXPIRED, moves=CLAIM_MOVES, due_at=None)
    if claims:
        record("registry.claim.expired", by=by, at=at, count=len(claims))
    return len(claims)


def _look(claim: Claim) -> tuple[Sight, dict[str, Any]]:
    """What there is to see, and the evidence of it. Raises Away."""
    if claim.proof == Proof.DNS:
        name = challenges.record_name(claim.kind, claim.value) or ""
        is_there = challenges.stands_in_dns(name, claim.token)
        return (Sight.FOUND, {"record": name}) if is_there else (Sight.ABSENT, {})
    if claim.proof == Proof.SITE:
        is_there = challenges.stands_on_site(claim.value, claim.token)
        return (Sight.FOUND, {"page": challenges.page_address(claim.value, "…")}) if is_there else (Sight.ABSENT, {})
    if claim.proof == Proof.MAIL:
        return _contact(claim)
    return Sight.ABSENT, {}


def _contact(claim: Claim) -> tuple[Sight, dict[str, Any]]:
    """Whom to write to: for names the site's own word first, then the registry's."""
    if claim.kind in {AssetKind.DOMAIN, AssetKind.EMAIL_DOMAIN}:
        try:
            named = security_txt.contacts(claim.value)
        except Away:
            named = ()
        if named:
            return Sight.MAILED, {"address": named[0], "named_by": "security.txt"}
    found = rdap.responsible(claim.kind, claim.value)
    if not found.addresses:
        return Sight.NO_ADDRESS, {}
    return Sight.MAILED, {"address": found.addresses[0], "named_by": found.server, "handle": found.handle}


@transaction.atomic
def _prove(claim: Claim, evidence: dict[str, Any], *, by: Actor, at: datetime) -> None:
    locked = Claim.objects.select_for_update(no_key=True).get(pk=claim.pk)
    if locked.state in {ClaimState.OPEN, ClaimState.PROVEN} and locked.proof == claim.proof:
        seen = {**evidence, "seen_at": at.isoformat()}
        outcome.prove(locked, evidence=seen, verified=True, by=by, at=at)


@transaction.atomic
def _ask_by_mail(claim: Claim, evidence: dict[str, Any], *, by: Actor, at: datetime) -> Sight:
    """Write to the contact, at most once a week for a claim and a few times a day for an address."""
    address = str(evidence["address"])
    if claim.mailed_at and claim.mailed_at > at - REMIND:
        return _note(claim, Sight.MAILED, due_at=claim.mailed_at + REMIND, at=at)
    if PER_ADDRESS.is_passed(address.lower(), at=at):
        words = "This contact was asked very often today."
        return _note(claim, Sight.AWAY, words=words, due_at=at + LONGEST, at=at)
    kept = {**claim.evidence, **{name: value for name, value in evidence.items() if name != "address"}}
    mailed: dict[str, Any] = {"mailed_to": address, "mailed_at": at, "evidence": kept}
    sight = _note(claim, Sight.MAILED, due_at=at + REMIND, at=at, **mailed)
    queue.later(LETTER, queue="outgoing", claim_id=claim.pk)
    record("registry.claim.mailed", by=by, at=at, on=claim, named_by=evidence["named_by"])
    return sight


def _note(claim: Claim, sight: Sight, *, due_at: datetime, at: datetime, words: str = "", **fields: Any) -> Sight:
    """Write down what was seen of a claim that is still the same."""
    seen = {"seen": sight, "seen_words": words, "checked_at": at, "due_at": due_at, **fields}
    Claim.objects.filter(pk=claim.pk, state=claim.state, proof=claim.proof).update(**seen)
    for name, value in seen.items():
        setattr(claim, name, value)
    return sight


def _next(claim: Claim, at: datetime) -> datetime:
    """Often while a claim is young, once a day when it is old."""
    since = claim.made_at if claim.state == ClaimState.OPEN else (claim.proven_at or at) + timedelta(days=335)
    return at + min(max((at - since) / 4, SHORTEST), LONGEST)
