"""What one recipient is told."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from schakel.intake.models import TLP_CHOICES
from schakel.kit.states import Moves
from schakel.notices.models.finding import Finding, FindingQuerySet, Severity
from schakel.notices.models.route import Occasion, Route, Via
from schakel.policy import sharing
from schakel.policy.access import Actor, Permission
from schakel.post.models import Delivery
from schakel.registry.models import Contact, Language, Organisation, Partner, under_agreement


class NoticeState(models.TextChoices):
    """How far a notice is."""

    GATHERING = "gathering", _("gathering")
    READY = "ready", _("ready to send")
    SENT = "sent", _("handed to its channel")
    ANSWERED = "answered", _("answered")
    WITHDRAWN = "withdrawn", _("withdrawn")


NOTICE_MOVES: Moves[NoticeState] = {
    NoticeState.GATHERING: {NoticeState.READY, NoticeState.WITHDRAWN},
    NoticeState.READY: {NoticeState.SENT, NoticeState.WITHDRAWN},
    NoticeState.SENT: {NoticeState.ANSWERED},
    NoticeState.ANSWERED: {NoticeState.ANSWERED},
}


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see notices everywhere; a partner those that went to itself, while its agreement runs."""
        reach = actor.reach(Permission.NOTICE_VIEW)
        if reach.is_everything:
            return self.all()
        labels = sharing.visible_labels(sharing.Standing.GUARDIAN)
        told = NoticeState.SENT, NoticeState.ANSWERED
        return self.filter(partner_id__in=under_agreement(reach.partner_ids), tlp__in=labels, state__in=told)

    def telling(self, finding: Finding) -> Self:
        """Those that tell of the finding: an operator is told of what is in its network only."""
        on_the_way = {"routes__organisation": finding.organisation_id, "routes__report": finding.opened_in_id}
        elsewhere = Q(via=Via.OPERATOR) & ~Q(organisation=finding.operator_id)
        return self.filter(kind=finding.kind, **on_the_way).exclude(elsewhere).distinct()

    def with_recipient(self) -> Self:
        """With what `recipient` reads, in the same query."""
        return self.select_related("partner", "organisation")


class Notice(models.Model):
    """What one recipient is told: the findings of one kind in one window, for one or more organisations.

    The recipient is `partner`, or else `organisation`: the affected one itself, or the operator of its network.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="notices", db_constraint=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="notices", db_constraint=False
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    via = models.TextField(choices=Via)
    kind = models.TextField()
    occasion = models.TextField(choices=Occasion, default=Occasion.FIRST)
    language = models.TextField(choices=Language)
    text_version = models.TextField(default="", blank=True)
    severity = models.SmallIntegerField(choices=Severity)
    tlp = models.TextField(choices=TLP_CHOICES)
    is_bare = models.BooleanField(default=False)  # Details only behind the link: the way is not protected enough.
    findings_count = models.IntegerField(default=0)
    organisations_count = models.IntegerField(default=0)
    state = models.TextField(choices=NoticeState, default=NoticeState.GATHERING)
    made_at = models.DateTimeField()
    window_until = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminders_count = models.SmallIntegerField(default=0)
    link_revoked_at = models.DateTimeField(null=True)
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="notices", db_constraint=False)
    objects = NoticeQuerySet.as_manager()

    class Handling:
        """Says what is wrong at whom; its words live in the delivery."""

        keep_days = 730
        personal: dict[str, str] = {}
        plain = {
            "id", "partner", "organisation", "contact", "via", "kind", "occasion", "language", "text_version",
            "severity", "tlp", "is_bare", "findings_count", "organisations_count", "state", "made_at", "window_until",
            "sent_at", "opened_at", "answered_at", "remind_at", "reminders_count", "link_revoked_at", "delivery",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_to_exactly_one",
                condition=Q(partner=None, organisation__isnull=False) | Q(partner__isnull=False, organisation=None),
            ),
            models.CheckConstraint(
                name="notice_sent_at_only_when_sent",
                condition=Q(state__in=["sent", "answered"], sent_at__isnull=False)
                | (~Q(state__in=["sent", "answered"]) & Q(sent_at=None)),
            ),
            models.UniqueConstraint(  # One gathering notice per recipient, kind and label: new routes join it.
                name="notice_gathers_once",
                fields=["partner", "organisation", "contact", "via", "kind", "occasion", "tlp"],
                condition=Q(state="gathering"),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["window_until"], condition=Q(state="gathering"), name="notice_gathering"),
            models.Index(fields=["id"], condition=Q(state="ready"), name="notice_ready"),
            models.Index(
                fields=["remind_at"], condition=Q(state="sent", remind_at__isnull=False), name="notice_remind"
            ),
        ]

    def __str__(self) -> str:
        """Kind and number."""
        return f"{self.kind} #{self.pk}"

    @property
    def standing(self) -> sharing.Standing:
        """What the recipient is to the organisations that the notice is about."""
        if self.partner_id is not None:
            return sharing.Standing.GUARDIAN
        return sharing.Standing.OPERATOR if self.via == Via.OPERATOR else sharing.Standing.AFFECTED

    @property
    def recipient(self) -> str:
        """Who is told, by name; '' when the registry no longer knows."""
        told: Partner | Organisation | None = self.partner or self.organisation
        return told.name if told else ""

    def findings(self) -> FindingQuerySet:
        """The findings that it tells of: those its routes' reports opened at its routes' organisations.

        An operator is told of those in its network only.
        """
        told = Route.objects.filter(notice=self, organisation=OuterRef("organisation"), report=OuterRef("opened_in"))
        organisations = Route.objects.filter(notice=self).values("organisation")
        found = Finding.objects.filter(Exists(told), kind=self.kind, organisation__in=organisations)
        in_its_network = {"operator": self.organisation_id}
        return found.filter(**in_its_network) if self.standing is sharing.Standing.OPERATOR else found
