"""Making one of two initiatives: proposed by one side, done when the owners of both agree."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.collaboration.descriptions import reason_of
from schakel.collaboration.initiatives import may_manage, remember
from schakel.collaboration.models import (
    INITIATIVE_MOVES,
    PROPOSAL_MOVES,
    Initiative,
    InitiativeState,
    MergeProposal,
    Participant,
    ProposalState,
    Step,
    UseCase,
    UseCaseLink,
)
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.partners.words_given import text


class Side(StrEnum):
    """One of the two that would become one."""

    SOURCE = "source"
    TARGET = "target"


@transaction.atomic
def propose(*, source: Initiative, target: Initiative, reason: str, by: Actor, at: datetime) -> MergeProposal:
    """Propose that `source` goes up in `target`; the proposer's own side has agreed by that.

    Either owner may, and whoever manages all. Raises NotPermitted, Invalid for one with itself, one that does not
    run, the central programme as source, or a source that has an open proposal.
    """
    permit(may_manage(by, source) or may_manage(by, target))
    if source.pk == target.pk:
        raise Invalid(_("an initiative cannot merge with itself."))
    if not (source.is_running and target.is_running):
        raise Invalid(_("both initiatives must still run."))
    if source.is_central:
        raise Invalid(_("the central programme cannot go up in another; first make another one central."))
    if MergeProposal.objects.filter(source=source, state=ProposalState.OPEN).exists():
        raise Invalid(_("there is an open proposal for this initiative already."))
    proposal = MergeProposal.objects.create(
        source=source, target=target, reason=reason_of(reason), proposed_by=by.name, proposed_at=at
    )
    for side in Side:
        if _is_own(by, _initiative(proposal, side)):
            _agree(proposal, side, at=at, words="")
    is_done = _finish(proposal, by=by, at=at)
    record("collaboration.merger.proposed", by=by, at=at, on=proposal, source=source.pk, target=target.pk)
    if is_done:
        record("collaboration.merger.done", by=by, at=at, on=proposal, source=source.pk, target=target.pk)
    return proposal


@transaction.atomic
def agree(*, proposal: MergeProposal, side: Side, by: Actor, at: datetime, words: str = "") -> None:
    """Agree for one side; when both have agreed, the merger is done at once.

    A partner agrees for its own initiative, and nobody does so in its place. For an outside body, or where no owner
    is known, whoever manages all initiatives writes down who agreed and how.

    Raises NotPermitted, Invalid without those words, WrongState when the proposal has ended.
    """
    initiative = _initiative(proposal, side)
    permit(may_agree(by, initiative))
    if initiative.owner_id is None and not words.strip():
        raise Invalid(_("write down who of the owner agreed, and how."))
    _agree(proposal, side, at=at, words=text(words))
    is_done = _finish(proposal, by=by, at=at)
    record("collaboration.merger.agreed", by=by, at=at, on=proposal, side=side.value)
    if is_done:
        ids = {"source": proposal.source_id, "target": proposal.target_id}
        record("collaboration.merger.done", by=by, at=at, on=proposal, **ids)


@transaction.atomic
def refuse(*, proposal: MergeProposal, reason: str, by: Actor, at: datetime) -> None:
    """Refuse for either side. Raises NotPermitted, Invalid without a reason, WrongState when it has ended."""
    permit(any(may_agree(by, one) for one in (proposal.source, proposal.target)))
    _end(proposal, ProposalState.REFUSED, reason=reason, at=at)
    record("collaboration.merger.refused", by=by, at=at, on=proposal)


@transaction.atomic
def withdraw(*, proposal: MergeProposal, reason: str, by: Actor, at: datetime) -> None:
    """Take a proposal back: who made it may, and whoever manages all initiatives.

    Raises NotPermitted, Invalid without a reason, WrongState when it has ended.
    """
    permit(may_withdraw(by, proposal))
    _end(proposal, ProposalState.WITHDRAWN, reason=reason, at=at)
    record("collaboration.merger.withdrawn", by=by, at=at, on=proposal)


def may_agree(actor: Actor, initiative: Initiative) -> bool:
    """Whether the actor speaks for the initiative's owner."""
    if initiative.owner_id is None:
        return actor.may(Permission.INITIATIVE_MANAGE)
    return _is_own(actor, initiative)


def may_withdraw(actor: Actor, proposal: MergeProposal) -> bool:
    """Whether the actor made the proposal, or manages all initiatives."""
    return actor.may(Permission.INITIATIVE_MANAGE) or (
        proposal.proposed_by == actor.name and bool(actor.reach(Permission.INITIATIVE_MANAGE))
    )


def _is_own(actor: Actor, initiative: Initiative) -> bool:
    return initiative.owner_id in actor.reach(Permission.INITIATIVE_MANAGE).partner_ids


def _initiative(proposal: MergeProposal, side: Side) -> Initiative:
    return proposal.source if side is Side.SOURCE else proposal.target


def _agree(proposal: MergeProposal, side: Side, *, at: datetime, words: str) -> None:
    """Note one side's agreement, once. Raises WrongState when the proposal has ended."""
    fields = {f"{side.value}_agreed_at": at, f"{side.value}_words": words}
    open_ones = MergeProposal.objects.filter(pk=proposal.pk, state=ProposalState.OPEN)
    if not open_ones.filter(**{f"{side.value}_agreed_at": None}).update(**fields):
        raise WrongState
    proposal.refresh_from_db()


def _end(proposal: MergeProposal, state: ProposalState, *, reason: str, at: datetime) -> None:
    move(proposal, state, moves=PROPOSAL_MOVES, ended_at=at, end_reason=reason_of(reason))


def _finish(proposal: MergeProposal, *, by: Actor, at: datetime) -> bool:
    """Merge, once both sides have agreed; says whether. Raises WrongState where one of them no longer runs."""
    if proposal.source_agreed_at is None or proposal.target_agreed_at is None:
        return False
    source, target = _locked(proposal)
    if not target.is_running:
        raise WrongState
    move(proposal, ProposalState.DONE, moves=PROPOSAL_MOVES, ended_at=at)
    fields = {"state_reason": proposal.reason, "successor": target, "is_from_list": False}
    move(source, InitiativeState.MERGED, moves=INITIATIVE_MOVES, **fields)
    _follow(source, target, at=at)
    remember(source, Step.MERGED, became=target.slug, reason=proposal.reason, by=by, at=at)
    remember(target, Step.MERGED, became=source.slug, reason=proposal.reason, by=by, at=at)
    return True


def _locked(proposal: MergeProposal) -> tuple[Initiative, Initiative]:
    """Both initiatives, held so that nobody decides otherwise meanwhile; always in the same order."""
    wanted = [proposal.source_id, proposal.target_id]
    rows = {one.pk: one for one in Initiative.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    return rows[proposal.source_id], rows[proposal.target_id]


def _follow(source: Initiative, target: Initiative, *, at: datetime) -> None:
    """What the source had goes on in the target: functions, who takes part, use cases with their partners, history.

    The source keeps its own milestones and meetings: they are its history.
    """
    target.functions = sorted({*target.functions, *source.functions})
    target.save(update_fields=["functions"])
    there = set(Participant.objects.filter(initiative=target, until_on=None).values_list("partner_id", "name"))
    for row in Participant.objects.filter(initiative=source, until_on=None):
        if (row.partner_id, row.name) not in there:
            row.initiative = target
            row.save(update_fields=["initiative"])
    known = dict(UseCase.objects.filter(initiative=target).values_list("name", "pk"))
    for case in UseCase.objects.filter(initiative=source):
        if case.name in known:
            _move_links(case.pk, known[case.name])
        else:
            case.initiative = target
            case.save(update_fields=["initiative"])
    _open_proposals_follow(source, target, at=at)


def _move_links(from_case: int, to_case: int) -> None:
    there = UseCaseLink.objects.filter(use_case=to_case, until_on=None).values("partner_id")
    UseCaseLink.objects.filter(use_case=from_case).exclude(until_on=None, partner_id__in=there).update(use_case=to_case)


def _open_proposals_follow(source: Initiative, target: Initiative, *, at: datetime) -> None:
    """Who wanted to go up in the source is asked again about the target: both sides must agree anew."""
    waiting = MergeProposal.objects.filter(target=source, state=ProposalState.OPEN)
    waiting.exclude(source=target).update(target=target, target_agreed_at=None, target_words="", source_agreed_at=None)
    reason = _("The two have merged the other way round.")
    waiting.filter(source=target).update(state=ProposalState.WITHDRAWN, ended_at=at, end_reason=str(reason))
