"""Two initiatives that may become one."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from schakel.collaboration.models.initiative import Initiative
from schakel.collaboration.models.words import ProposalState
from schakel.policy.access import Actor, Permission


class MergeProposalQuerySet(models.QuerySet["MergeProposal"]):
    """Proposals to merge."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who manage every initiative; for a partner those that are about one of its own."""
        reach = actor.reach(Permission.INITIATIVE_MANAGE)
        if reach.is_everything:
            return self.all()
        return self.filter(Q(source__owner__in=reach.partner_ids) | Q(target__owner__in=reach.partner_ids))


class MergeProposal(models.Model):
    """That one initiative goes up in another, once the owners of both agree."""

    source = models.ForeignKey(Initiative, models.CASCADE, related_name="proposals_to_leave")
    target = models.ForeignKey(Initiative, models.CASCADE, related_name="proposals_to_take_in")
    reason = models.TextField()
    state = models.TextField(choices=ProposalState, default=ProposalState.OPEN)
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    source_agreed_at = models.DateTimeField(null=True)
    source_words = models.TextField(default="", blank=True)  # Who of an outside body agreed, and how.
    target_agreed_at = models.DateTimeField(null=True)
    target_words = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", blank=True)
    objects = MergeProposalQuerySet.as_manager()

    class Handling:
        """Words on who agreed may name people."""

        keep_days = 3650
        personal = {"proposed_by": "keep", "source_words": "scrub", "target_words": "scrub"}
        plain = {
            "id", "source", "target", "reason", "state", "proposed_at", "source_agreed_at", "target_agreed_at",
            "ended_at", "end_reason",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_proposal_is_of_two", condition=~Q(source=F("target"))),
            models.CheckConstraint(
                name="merge_proposal_done_when_both_agreed",
                condition=~Q(state="done") | Q(source_agreed_at__isnull=False, target_agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="merge_proposal_ended_at_only_when_ended",
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="merge_proposal_one_open_per_source", fields=["source"], condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        """From and to."""
        return f"{self.source_id} → {self.target_id}"
