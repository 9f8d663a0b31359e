"""What readers give back: what an item was worth to them, and where they saw its indicators.

Rows are their giver's own. Its source reads them by `sharing.feedback.returns` alone, as far as each giver chose.
"""

from typing import Self

from django.db import models
from django.db.models import F, Q

from schakel.people.models import User
from schakel.policy.access import Actor
from schakel.registry.models import Organisation, Partner
from schakel.sharing.models.item import SharedItem
from schakel.sharing.words import FeedbackKind, IndicatorKind, ShownAs

ONE_BODY = (
    Q(partner__isnull=False, organisation=None, is_desk=False)
    | Q(partner=None, organisation__isnull=False, is_desk=False)
    | Q(partner=None, organisation=None, is_desk=True)
)


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Feedback."""

    def visible_to(self, actor: Actor) -> Self:
        """What the actor gave itself."""
        return self.filter(user=actor.user_id) if actor.user_id is not None else self.none()


class SightingQuerySet(models.QuerySet["Sighting"]):
    """Sightings."""

    def visible_to(self, actor: Actor) -> Self:
        """What the actor gave itself."""
        return self.filter(user=actor.user_id) if actor.user_id is not None else self.none()


class Given(models.Model):
    """Something that a person gave back for a partner, an organisation or the desk."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    is_desk = models.BooleanField(default=False)
    shown_as = models.TextField(choices=ShownAs, default=ShownAs.ANONYMOUS)
    given_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # When the item's author was written to about it.

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Its number: who gave it is known as far as the giver chose."""
        return str(self.pk)

    @property
    def body(self) -> tuple[int | None, int | None]:
        """The partner or the organisation that it counts for; the desk is neither."""
        return self.partner_id, self.organisation_id


class Feedback(Given):
    """What an item was worth to a reader."""

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="feedback")
    version = models.PositiveIntegerField()
    kind = models.TextField(choices=FeedbackKind)
    words = models.TextField(default="", blank=True)
    objects = FeedbackQuerySet.as_manager()

    class Handling:
        """Words of one person about another's work."""

        keep_days = 1095
        personal = {"words": "scrub"}
        plain = {
            "id", "item", "version", "kind", "user", "partner", "organisation", "is_desk", "shown_as", "given_at",
            "told_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(name="feedback_once", fields=["item", "user", "kind"]),
            models.CheckConstraint(name="feedback_is_for_one_body", condition=ONE_BODY),
        ]
        indexes = [models.Index(fields=["item"], name="feedback_untold", condition=Q(told_at=None))]
        verbose_name_plural = "feedback"


class Sighting(Given):
    """That a reader saw an indicator of an item: how often, and from when to when."""

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="sightings")
    kind = models.TextField(choices=IndicatorKind)
    value = models.TextField()
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    objects = SightingQuerySet.as_manager()

    class Handling:
        """An address may be a person's."""

        keep_days = 1095
        personal = {"value": "scrub"}
        plain = {
            "id", "item", "kind", "count", "first_at", "last_at", "user", "partner", "organisation", "is_desk",
            "shown_as", "given_at", "told_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="sighting_is_for_one_body", condition=ONE_BODY),
            models.CheckConstraint(name="sighting_runs_forward", condition=Q(first_at__lte=F("last_at"))),
            models.CheckConstraint(name="sighting_saw_something", condition=Q(count__gt=0)),
        ]
        indexes = [models.Index(fields=["item"], name="sighting_untold", condition=Q(told_at=None))]
