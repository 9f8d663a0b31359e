"""What people do to one claim. What the proofs do to it stands in `proving`."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, NotPermitted, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.claims import holding, outcome, values
from schakel.registry.models import (
    CLAIM_MOVES,
    LIVING,
    Claim,
    ClaimState,
    Conflict,
    Evidence,
    Organisation,
    Proof,
    Sight,
)

OPEN_DAYS = 30
MOST_OPEN = 500  # For one organisation at a time: more is a mistake, or somebody who tries things.
REASON_LIMIT = 2000
TOKEN_BYTES = 20


@transaction.atomic
def make(*, organisation: Organisation, kind: str, value: str, proof: str, by: Actor, at: datetime) -> Claim:
    """Say that something is the organisation's; it counts when it is proven, within OPEN_DAYS.

    Whoever else holds it plays no part here: the answer is the same. A claim of the organisation that still lives
    is given back as it is. Raises NotPermitted, and Invalid for a value that can belong to nobody, a proof that does
    not fit, or too many open claims.
    """
    permit(_answers_for(organisation, Permission.CLAIM_MAKE, by))
    value = values.normal(kind, value)
    if proof not in values.proofs(kind, value):
        raise Invalid(_("choose one of the ways to prove it."))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if known := Claim.objects.filter(organisation=organisation, kind=kind, value=value, state__in=LIVING).first():
        return known
    if Claim.objects.filter(organisation=organisation, state=ClaimState.OPEN).count() >= MOST_OPEN:
        raise Invalid(_("there are too many open claims; prove or withdraw some of them first."))
    claim = Claim.objects.create(
        organisation=organisation,
        kind=kind,
        value=value,
        proof=proof,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        made_at=at,
        made_by=by.name,
        expires_at=at + timedelta(days=OPEN_DAYS),
        due_at=_first_look(proof, at),
    )
    outcome.wake()
    record("registry.claim.made", by=by, at=at, on=claim, organisation=organisation.pk, kind=kind, proof=proof)
    return claim


@transaction.atomic
def look_again(*, claim: Claim, by: Actor, at: datetime) -> None:
    """Let the proof be looked for now. Raises NotPermitted, WrongState for a claim that a look does not help."""
    permit(_answers_for(claim.organisation, Permission.CLAIM_MAKE, by))
    waits = Claim.objects.filter(pk=claim.pk, state=ClaimState.OPEN).exclude(proof=Proof.APPROVAL)
    if not waits.update(due_at=at):
        raise WrongState
    outcome.wake()


@transaction.atomic
def choose_proof(*, claim: Claim, proof: str, by: Actor, at: datetime) -> None:
    """Prove an open claim in another way. Raises NotPermitted, Invalid, WrongState."""
    permit(_answers_for(claim.organisation, Permission.CLAIM_MAKE, by))
    if proof not in values.proofs(claim.kind, claim.value):
        raise Invalid(_("choose one of the ways to prove it."))
    changed = {"proof": proof, "due_at": _first_look(proof, at), "seen": Sight.NOT_YET, "seen_words": ""}
    if not Claim.objects.filter(pk=claim.pk, state=ClaimState.OPEN).update(**changed):
        raise WrongState
    outcome.wake()
    record("registry.claim.proof-chosen", by=by, at=at, on=claim, proof=proof)


@transaction.atomic
def withdraw(*, claim: Claim, by: Actor, at: datetime) -> None:
    """Take a claim back; what it proved is no longer the organisation's. Raises NotPermitted, WrongState."""
    permit(_answers_for(claim.organisation, Permission.CLAIM_MAKE, by))
    move(claim, ClaimState.WITHDRAWN, moves=CLAIM_MOVES, decided_at=at, decided_by=by.name, due_at=None)
    claim.refresh_from_db(fields=["asset"])  # Somebody may have approved it since it was read.
    if claim.asset:
        holding.end(claim.asset, at=at)
    _settled(claim, at)
    record("registry.claim.withdrawn", by=by, at=at, on=claim, held=claim.asset_id is not None)


@transaction.atomic
def approve(*, claim: Claim, reason: str, by: Actor, at: datetime) -> Claim:
    """Vouch for a claim, with a reason: it then counts as claimed, not as verified.

    Who made it cannot approve it. A partner's word alone does not settle what others hold, nor wide networks: those,
    and a part of the rest, go on to the coordinator, whose own word is the last. An approved claim that is about to
    expire may be approved again. Raises NotPermitted, Invalid without a reason, WrongState.
    """
    permit(_answers_for(claim.organisation, Permission.CLAIM_APPROVE, by))
    if claim.made_by == by.name and claim.state == ClaimState.OPEN:
        raise NotPermitted(_("Somebody else than who made the claim must approve it."))
    words = _reason(reason)
    locked = Claim.objects.select_for_update(no_key=True).get(pk=claim.pk)
    if locked.state not in {ClaimState.OPEN, ClaimState.PROVEN} or locked.proof != Proof.APPROVAL:
        raise WrongState
    evidence = {"approved_by": by.name, "approved_at": at.isoformat(), "reason": words}
    is_last_word = by.may(Permission.CLAIM_SETTLE)
    outcome.prove(locked, evidence=evidence, verified=False, needs_look=not is_last_word, by=by, at=at)
    return locked


@transaction.atomic
def refuse(*, claim: Claim, reason: str, by: Actor, at: datetime) -> None:
    """Turn a claim down, with a reason that its organisation reads; past open ones only the coordinator does.

    Raises NotPermitted, Invalid without a reason, WrongState.
    """
    permit(_answers_for(claim.organisation, Permission.CLAIM_APPROVE, by))
    locked = Claim.objects.select_for_update(no_key=True, of=("self",)).select_related("asset").get(pk=claim.pk)
    permit(locked.state not in {ClaimState.PROVEN, ClaimState.DISPUTED} or by.may(Permission.CLAIM_SETTLE))
    asset = locked.asset if locked.state == ClaimState.PROVEN else None
    ended = {"reason": _reason(reason), "decided_at": at, "decided_by": by.name, "due_at": None}
    move(claim, ClaimState.REFUSED, moves=CLAIM_MOVES, **ended)
    if asset:
        holding.end(asset, at=at)
    _settled(claim, at)
    record("registry.claim.refused", by=by, at=at, on=claim)


@transaction.atomic
def settle(*, claim: Claim, result: str, reason: str, by: Actor, at: datetime) -> None:
    """Decide a claim that lies with the coordinator: `claimant` (it moves), `both` (all keep it) or `holder`.

    Raises NotPermitted, Invalid without a reason or for another result, WrongState.
    """
    permit(by.may(Permission.CLAIM_SETTLE))
    words = _reason(reason)
    if result not in {"claimant", "both", "holder"}:
        raise Invalid(_("choose whose it is."))
    locked = Claim.objects.select_for_update(no_key=True).get(pk=claim.pk)
    if locked.state != ClaimState.DISPUTED:
        raise WrongState
    decided = {"reason": words, "decided_at": at, "decided_by": by.name}
    if result == "holder":
        move(locked, ClaimState.REFUSED, moves=CLAIM_MOVES, due_at=None, **decided)
    else:
        verified = bool(locked.evidence.get("verified"))
        outcome.hold(locked, evidence=Evidence.VERIFIED if verified else Evidence.CLAIMED, at=at, **decided)
    if result == "claimant":
        _take_over(locked, words=words, by=by, at=at)
    _settled(locked, at)
    record("registry.claim.settled", by=by, at=at, on=locked, result=result, conflicts=locked.conflicts.count())


@transaction.atomic
def state(*, conflict: Conflict, words: str, by: Actor, at: datetime) -> None:
    """Tell the coordinator the holder's side of a conflict. Raises NotPermitted, Invalid without words, WrongState."""
    permit(_answers_for(conflict.asset.organisation, Permission.CLAIM_MAKE, by))
    told = {"statement": _reason(words), "stated_at": at}
    if not Conflict.objects.filter(pk=conflict.pk, settled_at=None).update(**told):
        raise WrongState
    record("registry.conflict.stated", by=by, at=at, on=conflict)


def _first_look(proof: str, at: datetime) -> datetime | None:
    """A mail goes at once; a record or a page takes its owner some minutes."""
    return {Proof.MAIL: at, Proof.APPROVAL: None}.get(Proof(proof), at + timedelta(minutes=10))


def _answers_for(organisation: Organisation, permission: Permission, by: Actor) -> bool:
    return Organisation.objects.of(by, permission).filter(pk=organisation.pk).exists()


def _reason(words: str) -> str:
    words = words.strip()[:REASON_LIMIT]
    if not words:
        raise Invalid(_("give a reason, so that a colleague can follow it."))
    return words


def _take_over(claim: Claim, *, words: str, by: Actor, at: datetime) -> None:
    """End what the others held, and the claims on which that rested."""
    for conflict in claim.conflicts.filter(settled_at=None).select_related("asset"):
        holding.end(conflict.asset, at=at)
        lost = Claim.objects.filter(asset=conflict.asset, state=ClaimState.PROVEN)
        ended = {"reason": words, "decided_at": at, "decided_by": by.name, "due_at": None}
        lost.update(state=ClaimState.REFUSED, **ended)


def _settled(claim: Claim, at: datetime) -> None:
    claim.conflicts.filter(settled_at=None).update(settled_at=at)
