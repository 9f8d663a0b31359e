"""Asking to be somebody's constituent, or to have one: nobody takes an organisation in by its own word alone."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission
from schakel.registry.models.organisation import Organisation
from schakel.registry.models.partner import Partner
from schakel.registry.models.words import Relation


class EnrolmentState(models.TextChoices):
    """How far it is."""

    ASKED = "asked", _("waits for an answer")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class AskedBy(models.TextChoices):
    """Who asks; the other side, or the coordinator, answers."""

    PARTNER = "partner", _("the partner")
    ORGANISATION = "organisation", _("the organisation")


ENROLMENT_MOVES: Moves[EnrolmentState] = {
    EnrolmentState.ASKED: {EnrolmentState.ACCEPTED, EnrolmentState.REFUSED, EnrolmentState.WITHDRAWN},
}


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Enrolments."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own partner and of one's own organisation; all for the coordinator."""
        reach = actor.reach(Permission.CONSTITUENCY_VIEW)
        if reach.is_everything:
            return self.all()
        return self.filter(Q(partner__in=reach.partner_ids) | Q(organisation__in=reach.organisation_ids))

    def for_answer_by(self, actor: Actor) -> Self:
        """Those that wait for the answer of the actor: of the side that did not ask, or of the coordinator."""
        reach = actor.reach(Permission.CONSTITUENCY_EDIT)
        waiting = self.filter(state=EnrolmentState.ASKED)
        if reach.is_everything:
            return waiting
        ours = Q(asked_by=AskedBy.ORGANISATION, partner__in=reach.partner_ids)
        return waiting.filter(ours | Q(asked_by=AskedBy.PARTNER, organisation__in=reach.organisation_ids))


class Enrolment(models.Model):
    """One wish that an organisation belongs to a partner's constituency.

    A partner names the organisation by number or name; whether we know it shows to the coordinator only.
    """

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="enrolments")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="enrolments")
    named = models.TextField()
    kvk = models.TextField(default="", blank=True)
    relation = models.TextField(choices=Relation, default=Relation.MEMBER)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    asked_by = models.TextField(choices=AskedBy)
    state = models.TextField(choices=EnrolmentState, default=EnrolmentState.ASKED)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)
    objects = EnrolmentQuerySet.as_manager()

    class Handling:
        """A one-person company is a person."""

        keep_days = 1825
        personal = {"named": "scrub", "kvk": "scrub"}
        plain = {
            "id", "partner", "organisation", "relation", "from_on", "until_on", "asked_by", "state", "made_at",
            "made_by", "decided_at", "decided_by", "reason",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enrolment_decided_at_when_decided",
                condition=Q(state="asked", decided_at=None) | (~Q(state="asked") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="enrolment_runs_forward",
                condition=Q(from_on=None) | Q(until_on=None) | Q(from_on__lt=models.F("until_on")),
            ),
            models.CheckConstraint(
                name="enrolment_accepted_has_an_organisation",
                condition=~Q(state="accepted") | Q(organisation__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "partner"], name="enrolment_by_state")]

    def __str__(self) -> str:
        """Partner and name."""
        return f"{self.partner_id}: {self.named}"
