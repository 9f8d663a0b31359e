"""Circles: closed groups that share within the network, each a compartment of its own."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from schakel.kit.states import Moves
from schakel.people.models import User
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Organisation, Partner
from schakel.sharing.words import CircleBasis, CircleState

_S = CircleState
CIRCLE_MOVES: Moves[CircleState] = {_S.PREPARED: {_S.OPEN, _S.ENDED}, _S.OPEN: {_S.ENDED}}


def in_now() -> Q:
    """Memberships that hold at this moment."""
    return Q(until_at=None) | Q(until_at__gt=timezone.now())


class CircleQuerySet(models.QuerySet["Circle"]):
    """Circles."""

    def visible_to(self, actor: Actor) -> Self:
        """Those one is in; to nobody else does a circle exist. Open ones also to whoever looks after circles."""
        within = Q(pk__in=CircleMember.objects.of(actor).values("circle"))
        if actor.reach(Permission.CIRCLE_MANAGE).is_everything:
            within |= Q(is_closed=False)
        return self.filter(within)


class Circle(models.Model):
    """A group that shares, with its purpose, its rules and the ground on which it may.

    A closed circle has named people only, is listed to nobody else, and keeps its content under a key of its own.
    """

    key = models.TextField(unique=True)
    name = models.TextField()
    purpose = models.TextField()
    rules = models.TextField(default="", blank=True)
    is_closed = models.BooleanField(default=False)
    state = models.TextField(choices=CircleState, default=CircleState.PREPARED)
    basis = models.TextField(choices=CircleBasis, default=CircleBasis.AGREEMENT)
    basis_words = models.TextField(default="", blank=True)
    basis_url = models.TextField(default="", blank=True)
    legal_basis = models.TextField(default="", blank=True)  # The slug of a ground in law, where there is one.
    phase = models.TextField(default="cold")
    sealed_key = models.BinaryField(default=b"")  # Its own key, under the key of the machine: see circles.sealing.
    made_at = models.DateTimeField()
    made_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    objects = CircleQuerySet.as_manager()

    class Handling:
        """Kept as long as what was shared in it."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "key", "name", "purpose", "rules", "is_closed", "state", "basis", "basis_words", "basis_url",
            "legal_basis", "phase", "sealed_key", "made_at", "made_by", "ended_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="circle_opens_on_a_basis",
                condition=Q(state="prepared") | (~Q(basis_words="") & (Q(is_closed=False) | ~Q(basis_url=""))),
            ),
            models.CheckConstraint(name="closed_circle_has_a_key", condition=Q(is_closed=False) | ~Q(sealed_key=b"")),
            models.CheckConstraint(
                name="circle_ended_at_only_when_ended",
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at=None)),
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class CircleMemberQuerySet(models.QuerySet["CircleMember"]):
    """Memberships."""

    def of(self, actor: Actor) -> Self:
        """Those that hold for the actor now: its own, and in open circles those of its partner or organisation."""
        reach = actor.reach(Permission.ITEM_VIEW)
        body = Q(partner__in=reach.partner_ids) | Q(organisation__in=reach.organisation_ids)
        body |= Q(is_desk=True) if reach.is_everything else Q(pk__in=[])
        person = Q(user=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
        ours = person | (Q(user=None, circle__is_closed=False) & body)
        return self.filter(ours, in_now(), circle__state=CircleState.OPEN)


class CircleMember(models.Model):
    """One body or one person in a circle, for a time.

    A person is there for a body: a partner, an organisation or the desk.
    """

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="members")
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="circle_memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="circle_memberships")
    is_desk = models.BooleanField(default=False)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="circle_memberships")
    is_moderator = models.BooleanField(default=False)
    tasks = ArrayField(models.TextField(), default=list)  # For which of its tasks it takes part: detection, for one.
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    added_by = models.TextField()
    objects = CircleMemberQuerySet.as_manager()

    class Handling:
        """Who is in a circle is known in it alone."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "circle", "partner", "organisation", "is_desk", "user", "is_moderator", "tasks", "from_at",
            "until_at", "added_by",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="circle_member_is_for_one_body",
                condition=Q(partner__isnull=False, organisation=None, is_desk=False)
                | Q(partner=None, organisation__isnull=False, is_desk=False)
                | Q(partner=None, organisation=None, is_desk=True),
            ),
            models.CheckConstraint(
                name="circle_membership_runs_forward",
                condition=Q(until_at=None) | Q(from_at__lte=F("until_at")),
            ),
            models.UniqueConstraint(
                name="circle_member_once_at_a_time",
                fields=["circle", "partner", "organisation", "user"],
                condition=Q(until_at=None),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        """Circle and body."""
        return f"{self.circle_id}: {self.partner_id or self.organisation_id or 'desk'} {self.user_id or ''}".strip()
