"""What looks like one thing twice, and what became one or two: rows follow, and every step can be traced."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission
from schakel.registry.models.organisation import Organisation
from schakel.registry.models.partner import Partner


class LikenessState(models.TextChoices):
    """What was decided about two that look alike."""

    OPEN = "open", _("to be judged")
    MERGED = "merged", _("merged")
    DIFFERENT = "different", _("kept apart")


LIKENESS_MOVES: Moves[LikenessState] = {
    LikenessState.OPEN: {LikenessState.MERGED, LikenessState.DIFFERENT},
    LikenessState.DIFFERENT: {LikenessState.OPEN, LikenessState.MERGED},
    LikenessState.MERGED: {LikenessState.OPEN},
}


def _one_pair(first: str, second: str, other: str, another: str) -> Q:
    """Either two partners or two organisations, never the same one twice."""
    nothing_else = Q(**{other: None, another: None})
    return nothing_else & Q(**{f"{first}__isnull": False, f"{second}__isnull": False}) & ~Q(**{first: F(second)})


class LikenessQuerySet(models.QuerySet["Likeness"]):
    """Pairs that look alike."""

    def visible_to(self, actor: Actor) -> Self:
        """For whoever keeps the register: prospects are among them."""
        return self.all() if actor.reach(Permission.PARTNER_MANAGE).is_everything else self.none()


class Likeness(models.Model):
    """Two partners (prospects included) or two organisations that may be one; a person judges."""

    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+", db_index=False)  # …_once
    other_partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    other_organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    score = models.SmallIntegerField()
    grounds = ArrayField(models.TextField(), default=list)
    found_at = models.DateTimeField()
    state = models.TextField(choices=LikenessState, default=LikenessState.OPEN)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.TextField(default="", blank=True)
    words = models.TextField(default="", blank=True)
    objects = LikenessQuerySet.as_manager()

    class Handling:
        """About bodies; who judged is an account's name."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "partner", "other_partner", "organisation", "other_organisation", "score", "grounds", "found_at",
            "state", "judged_at", "judged_by", "words",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="likeness_of_one_pair",
                condition=_one_pair("partner", "other_partner", "organisation", "other_organisation")
                | _one_pair("organisation", "other_organisation", "partner", "other_partner"),
            ),
            models.UniqueConstraint(
                name="likeness_once",
                fields=["partner", "other_partner", "organisation", "other_organisation"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="likeness_judged_at_only_when_judged",
                condition=Q(state="open", judged_at=None) | (~Q(state="open") & Q(judged_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["-score", "id"], name="likeness_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        """Both, and how alike."""
        return f"{self.partner_id or self.organisation_id} ~ {self.other_partner_id or self.other_organisation_id}"


class Search(models.Model):
    """One look for organisations that stand in the registry twice: up to which change of them it looked."""

    until_revision = models.BigIntegerField()
    compared_count = models.IntegerField()
    found_count = models.IntegerField()
    at = models.DateTimeField()

    class Handling:
        """Counts."""

        keep_days = 365
        personal: dict[str, str] = {}
        plain = {"id", "until_revision", "compared_count", "found_count", "at"}

    class Meta:
        verbose_name_plural = "searches"

    def __str__(self) -> str:
        """Up to where."""
        return str(self.until_revision)


class MergerKind(models.TextChoices):
    """What happened."""

    MERGE = "merge", _("merged into")
    SPLIT = "split", _("split off")


class MergerQuerySet(models.QuerySet["Merger"]):
    """Mergers and splits."""

    def visible_to(self, actor: Actor) -> Self:
        """For whoever keeps the register."""
        return self.all() if actor.reach(Permission.PARTNER_MANAGE).is_everything else self.none()


class Merger(models.Model):
    """That one became part of another, or another came out of it; `moved` says what followed, so that it can go back.

    `moved`: ids by model and field. `absorbed`: whole rows that the other had already.
    """

    kind = models.TextField(choices=MergerKind)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="mergers")
    to_partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="mergers")
    to_organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    words = models.TextField()
    before = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    absorbed = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(default="", blank=True)
    objects = MergerQuerySet.as_manager()

    class Handling:
        """`absorbed` holds rows as they were, contacts among them."""

        keep_days = 3650
        personal = {"absorbed": "scrub"}
        plain = {
            "id", "kind", "partner", "to_partner", "organisation", "to_organisation", "words", "before", "moved",
            "made_at", "made_by", "undone_at", "undone_by",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="merger_of_one_pair",
                condition=_one_pair("partner", "to_partner", "organisation", "to_organisation")
                | _one_pair("organisation", "to_organisation", "partner", "to_partner"),
            ),
            models.CheckConstraint(
                name="merger_undone_by_somebody",
                condition=Q(undone_at=None, undone_by="") | (Q(undone_at__isnull=False) & ~Q(undone_by="")),
            ),
        ]

    def __str__(self) -> str:
        """Both, and what happened."""
        return f"{self.partner_id or self.organisation_id} {self.kind} {self.to_partner_id or self.to_organisation_id}"
