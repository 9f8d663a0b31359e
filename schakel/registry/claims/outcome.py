"""What a proof leads to: an asset, or a look by the coordinator."""

import ipaddress
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import salted_hmac

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.states import move
from schakel.policy.access import Actor
from schakel.registry.claims import holding
from schakel.registry.claims.overlaps import overlaps
from schakel.registry.models import CLAIM_MOVES, AssetKind, Claim, ClaimState, Conflict, Evidence, Proof

PROVEN_DAYS = 365
RENEW_DAYS = 30
JOB = "registry.check_claims"
WIDE = {4: 20, 6: 40}
"""Networks of this prefix or shorter get a second look when only somebody's word stands for them."""
ONE_IN = 8


def prove(
    claim: Claim, *, evidence: dict[str, Any], verified: bool, by: Actor, at: datetime, needs_look: bool = False
) -> None:
    """Take a proof in: the asset is written, or the claim goes to the coordinator where others hold it.

    To be called with the claim locked. A claim that was proven before lives on for another year.
    """
    claim.evidence = {**claim.evidence, **evidence, "verified": verified}
    is_new = claim.state != ClaimState.PROVEN
    found = list(overlaps(claim.kind, claim.value, organisation_id=claim.organisation_id, at=at)) if is_new else []
    referral = _referral(claim, is_contested=bool(found), needs_look=needs_look and is_new)
    if referral:
        kept = {"evidence": claim.evidence, "referral": referral, "checked_at": at, "due_at": None}
        move(claim, ClaimState.DISPUTED, moves=CLAIM_MOVES, proven_at=at if verified else None, **kept)
        conflicts = [Conflict(claim=claim, asset=asset, overlap=overlap, found_at=at) for asset, overlap in found]
        Conflict.objects.bulk_create(conflicts, ignore_conflicts=True)
        record("registry.claim.referred", by=by, at=at, on=claim, why=referral, conflicts=len(found))
        return
    hold(claim, evidence=Evidence.VERIFIED if verified else Evidence.CLAIMED, at=at)
    record("registry.claim.proven" if is_new else "registry.claim.renewed", by=by, at=at, on=claim, proof=claim.proof)


def hold(claim: Claim, *, evidence: Evidence, at: datetime, **fields: Any) -> None:
    """Write the asset of a claim that stands, good for a year."""
    until = at + timedelta(days=PROVEN_DAYS)
    asset = holding.hold(
        organisation_id=claim.organisation_id, kind=claim.kind, value=claim.value, evidence=evidence, at=at
    )
    kept: dict[str, Any] = {
        "asset": asset,
        "proven_at": at,
        "expires_at": until,
        "evidence": claim.evidence,
        "checked_at": at,
    }
    kept |= {"due_at": until - timedelta(days=RENEW_DAYS), "seen": "found", "seen_words": "", **fields}
    if claim.state == ClaimState.PROVEN:
        Claim.objects.filter(pk=claim.pk, state=ClaimState.PROVEN).update(**kept)
        for name, value in kept.items():
            setattr(claim, name, value)
    else:
        move(claim, ClaimState.PROVEN, moves=CLAIM_MOVES, **kept)


def wake() -> None:
    """Let due claims be looked at now; a job that waits already is enough."""
    queue.later(JOB, queue="look-ups", once=JOB)


def _referral(claim: Claim, *, is_contested: bool, needs_look: bool) -> str:
    """Why the coordinator looks at a claim; empty where it need not.

    A part of those on somebody's word alone goes there for no reason of its own: so being sent there does not tell
    that somebody else holds the same.
    """
    if is_contested:
        return "contested"
    if not needs_look or claim.proof != Proof.APPROVAL:
        return ""
    if claim.kind == AssetKind.ASN or _is_wide(claim):
        return "wide"
    draw = salted_hmac("schakel.registry.claims", f"{claim.kind} {claim.value}", algorithm="sha256").digest()[0]
    return "sample" if draw % ONE_IN == 0 else ""


def _is_wide(claim: Claim) -> bool:
    if claim.kind != AssetKind.NETWORK:
        return False
    network = ipaddress.ip_network(claim.value)
    return network.prefixlen <= WIDE[network.version]
