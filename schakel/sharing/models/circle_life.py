"""What happens in a circle: who opened what, what was done together, what left it, which phase it was in."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from schakel.people.models import User
from schakel.policy.access import Actor
from schakel.registry.models import Partner
from schakel.sharing.models.circle import Circle, CircleMember
from schakel.sharing.models.item import SharedItem
from schakel.sharing.models.kept import Kept, open_or_sealed
from schakel.sharing.words import CircleTask, Phase, ReleaseState

Row = TypeVar("Row", bound=models.Model)


class CircleEntry(Kept):
    """One line of a closed circle's own log: who opened which item, who came and went. Its members alone read it."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="entries")
    at = models.DateTimeField()

    class Handling:
        """Who did what, sealed."""

        keep_days = 3650
        personal = {"told": "scrub", "sealed": "scrub"}
        plain = {"id", "circle", "at"}

    class Meta:
        constraints = [open_or_sealed("circle_entry_is_open_or_sealed")]

    def __str__(self) -> str:
        """Circle and number."""
        return f"{self.circle_id}: {self.pk}"

    @property
    def place(self) -> Circle:
        """Its circle."""
        return self.circle


class OfItemQuerySet(models.QuerySet[Row]):
    """What belongs to an item of a circle."""

    def visible_to(self, actor: Actor) -> Self:
        """What the circles have in which the actor is, about items that it may read."""
        within = CircleMember.objects.of(actor).values("circle")
        return self.filter(item__circle__in=within, item__in=SharedItem.objects.visible_to(actor))


class OfItem(Kept):
    """Something that happened to an item of a circle."""

    item: models.ForeignKey[SharedItem, SharedItem]

    class Meta:
        abstract = True

    @property
    def place(self) -> Circle | None:
        """The circle of its item."""
        return self.item.circle


class JointAction(OfItem):
    """That members of more than one body acted together on an item, and when that began."""

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="joint_actions")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    objects = OfItemQuerySet["JointAction"].as_manager()

    class Handling:
        """Words of members."""

        keep_days = 3650
        personal = {"told": "scrub", "sealed": "scrub"}
        plain = {"id", "item", "at", "by"}

    class Meta:
        constraints = [open_or_sealed("joint_action_is_open_or_sealed")]

    def __str__(self) -> str:
        """Item and number."""
        return f"{self.item_id}: {self.pk}"


class TaskUse(OfItem):
    """That an item for one task of a circle may be used for another too, on a ground that is written down."""

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="task_uses", db_index=False)  # task_use_once
    task = models.TextField(choices=CircleTask)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    objects = OfItemQuerySet["TaskUse"].as_manager()

    class Handling:
        """The ground, in words of members."""

        keep_days = 3650
        personal = {"told": "scrub", "sealed": "scrub"}
        plain = {"id", "item", "task", "at", "by"}

    class Meta:
        constraints = [
            open_or_sealed("task_use_is_open_or_sealed"),
            models.UniqueConstraint(name="task_use_once", fields=["item", "task"]),
        ]

    def __str__(self) -> str:
        """Item and task."""
        return f"{self.item_id}: {self.task}"


class Release(OfItem):
    """One way of an item out of its circle: a sanitised version, proposed by one member, let out by another.

    `made` is the item outside; nothing there points back. `owner` None: the coordinator's desk.
    """

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="releases")
    made = models.OneToOneField(SharedItem, models.SET_NULL, null=True, related_name="+")
    owner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=ReleaseState, default=ReleaseState.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    objects = OfItemQuerySet["Release"].as_manager()

    class Handling:
        """What is to be said outside, and what was left out."""

        keep_days = 3650
        personal = {"told": "scrub", "sealed": "scrub"}
        plain = {"id", "item", "made", "owner", "state", "asked_by", "asked_at", "decided_by", "decided_at"}

    class Meta:
        constraints = [
            open_or_sealed("release_is_open_or_sealed"),
            models.CheckConstraint(
                name="release_is_decided_by_another",
                condition=Q(state="asked", decided_by=None, decided_at=None)
                | (~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False))
                & ~Q(decided_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        """Item and state."""
        return f"{self.item_id}: {self.state}"


class CirclePhase(Kept):
    """A change of the phase that a circle is in, and why."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="phases")
    phase = models.TextField(choices=Phase)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Handling:
        """The reason, in words of members."""

        keep_days = 3650
        personal = {"told": "scrub", "sealed": "scrub"}
        plain = {"id", "circle", "phase", "at", "by"}

    class Meta:
        constraints = [open_or_sealed("circle_phase_is_open_or_sealed")]

    def __str__(self) -> str:
        """Circle and phase."""
        return f"{self.circle_id}: {self.phase}"

    @property
    def place(self) -> Circle:
        """Its circle."""
        return self.circle
