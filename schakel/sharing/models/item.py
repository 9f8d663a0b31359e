"""Shared items: what is told, to whom, under which label, and every version of it."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from schakel.kit.states import Moves
from schakel.people.models import User
from schakel.policy.access import NOBODY, SYSTEM, Actor, Permission
from schakel.policy.audience import Address, Reader
from schakel.policy.sharing import Pap, Tlp
from schakel.registry.models import Partner
from schakel.sharing.models.audience import Audience
from schakel.sharing.models.circle import Circle, CircleMember
from schakel.sharing.models.passing import Passing
from schakel.sharing.models.readers import reader_of
from schakel.sharing.words import Chance, CircleTask, Credibility, ItemKind, ItemState, Phase, Reliability

_S = ItemState
ITEM_MOVES: Moves[ItemState] = {
    _S.DRAFT: {_S.IN_REVIEW, _S.PUBLISHED, _S.DROPPED},
    _S.IN_REVIEW: {_S.DRAFT, _S.PUBLISHED, _S.DROPPED},
    _S.PUBLISHED: {_S.RETRACTED},
}
OUT = [_S.PUBLISHED, _S.RETRACTED]
"""States in which others than its owner may know of it."""


class ItemQuerySet(models.QuerySet["SharedItem"]):
    """Shared items."""

    def visible_to(self, actor: Actor) -> Self:
        """What one's own party makes, and what went out to an audience that means the actor or was passed on to it."""
        return self.all() if actor is SYSTEM else self.filter(self.readable_by(actor))

    def readable_by(self, actor: Actor) -> Q:
        """The same as a condition, for any table that has the columns of an item that decide it, and its key."""
        return self.own(actor) | self._out_to(actor)

    def for_everybody(self) -> Self:
        """What is out for anybody in the world: the rule asked for nobody."""
        return self.filter(self._out_to(NOBODY), state=ItemState.PUBLISHED)

    def own(self, actor: Actor) -> Q:
        """What the actor's own party wrote: not what names others, and not what lies in a circle that it is not in."""
        reach = actor.reach(Permission.ITEM_VIEW)
        party = Q(owner__in=reach.partner_ids)
        party |= Q(owner=None) if reach.is_everything else Q(pk__in=[])
        circles = CircleMember.objects.of(actor).values("circle")
        return party & (Q(circle=None) | Q(circle__in=circles)) & (~Q(tlp=Tlp.RED.value) | self._by_name(actor))

    def _by_name(self, actor: Actor) -> Q:
        """Who wrote it, and who is named: of these comes the second person who says yes to it."""
        if actor.user_id is None:
            return Q(pk__in=[])
        named = Audience.objects.filter(addresses__contains=[Address.PERSON.of(actor.user_id)])
        return Q(author=actor.user_id) | Q(audience__in=named.values("pk"))

    def _out_to(self, actor: Actor) -> Q:
        reader = reader_of(actor, day=timezone.now().date())
        audiences = Audience.objects.of(reader).values("pk")
        passed = Passing.objects.reaching(actor, day=timezone.now().date()).values("item")
        return (
            Q(state__in=OUT)
            & (Q(embargo_until=None) | Q(embargo_until__lte=timezone.now()))
            & (Q(audience__in=audiences) | Q(pk__in=passed) | self._lent_to(reader))
        )

    def _lent_to(self, reader: Reader) -> Q:
        """What is for one task of a circle, and was opened for another that the actor has there."""
        lent = Q(pk__in=[])
        for circle, held in reader.tasks.items():
            for_a_task = [Address.TASK.of(f"{circle}.{task}") for task in CircleTask]
            opened = SharedItem.objects.filter(task_uses__task__in=sorted(held))
            opened = opened.filter(circle=circle, audience__addresses__overlap=for_a_task)
            lent |= Q(pk__in=opened.values("pk"))
        return lent


class SharedItem(models.Model):
    """One thing that is shared: an advisory, a report, indicators, a question. What it says is in its versions.

    `owner` None: the coordinator's desk. `external_key`: its author's lasting name for it, where it came from outside.
    In a closed circle `title` is empty: what it says lies sealed in the versions.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.TextField(choices=ItemKind)
    state = models.TextField(choices=ItemState, default=ItemState.DRAFT)
    title = models.TextField()
    language = models.TextField(default="nl")
    owner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="items")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    circle = models.ForeignKey(Circle, models.PROTECT, null=True, related_name="items")
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="items")
    tlp = models.TextField(choices=[(label.value, label.marking) for label in Tlp])
    pap = models.TextField(choices=[(label.value, label.marking) for label in Pap], default="", blank=True)
    iep = models.JSONField(default=dict)
    terms = ArrayField(models.TextField(), default=list)
    phase = models.TextField(choices=Phase, default=Phase.COLD)
    probability = models.TextField(choices=Chance, default="", blank=True)
    damage = models.TextField(choices=Chance, default="", blank=True)
    reliability = models.TextField(choices=Reliability, default="", blank=True)
    credibility = models.TextField(choices=Credibility, default="", blank=True)
    publisher = models.TextField(default="", blank=True)
    contributors = ArrayField(models.TextField(), default=list)
    external_key = models.TextField(default="", blank=True)
    source_tlp = models.TextField(default="", blank=True)  # Its author's label, where it came from outside.
    legal_basis = models.TextField(default="", blank=True)
    is_statutory = models.BooleanField(default=False)  # A task that the law gives, or the network's own sharing.
    holds_personal_data = models.BooleanField(default=False)
    no_action_reason = models.TextField(default="", blank=True)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    embargo_until = models.DateTimeField(null=True)
    version_count = models.PositiveIntegerField(default=0)
    published_version = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)  # When it came from outside.
    published_at = models.DateTimeField(null=True)
    revised_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reviewed_version = models.PositiveIntegerField(null=True)
    retracted_at = models.DateTimeField(null=True)
    retraction_reason = models.TextField(default="", blank=True)
    sealed_reason = models.BinaryField(null=True)  # Why it was retracted, in a closed circle.
    objects = ItemQuerySet.as_manager()

    class Handling:
        """Names of authors are their publisher's to give; indicators may be addresses of persons."""

        keep_days = 3650
        personal = {"title": "scrub", "contributors": "scrub"}
        plain = {
            "id", "uid", "kind", "state", "language", "owner", "author", "circle", "audience", "tlp", "pap", "iep",
            "terms", "phase", "probability", "damage", "reliability", "credibility", "publisher", "external_key",
            "source_tlp", "legal_basis", "is_statutory", "holds_personal_data", "no_action_reason", "valid_from",
            "valid_until", "embargo_until", "version_count", "published_version", "made_at", "received_at",
            "published_at", "revised_at", "reviewed_by", "reviewed_at", "reviewed_version", "retracted_at",
            "retraction_reason", "sealed_reason",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="item_published_at_only_when_out",
                condition=Q(state__in=OUT, published_at__isnull=False, published_version__isnull=False)
                | (~Q(state__in=OUT) & Q(published_at=None, published_version=None)),
            ),
            models.CheckConstraint(
                name="item_retracted_at_only_when_retracted",
                condition=Q(state="retracted", retracted_at__isnull=False)
                | (~Q(state="retracted") & Q(retracted_at=None)),
            ),
            models.CheckConstraint(
                name="item_valid_span_runs_forward",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lte=models.F("valid_until")),
            ),
            models.UniqueConstraint(
                name="item_of_outside_once",
                fields=["publisher", "external_key", "owner"],
                condition=~Q(external_key=""),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], condition=Q(state="published"), name="item_newest"),
            models.Index(
                fields=["-revised_at", "-id"], condition=Q(revised_at__isnull=False), name="item_newest_revision"
            ),
            models.Index(
                fields=["-retracted_at", "-id"], condition=Q(retracted_at__isnull=False), name="item_newest_retraction"
            ),
            models.Index(fields=["audience", "-published_at", "-id"], name="item_by_audience"),
        ]

    def __str__(self) -> str:
        """Its number: what it is about is for those who may read it."""
        return str(self.uid)

    @property
    def is_sealed(self) -> bool:
        """Whether it lies in a closed circle, so that its rows say next to nothing."""
        return self.circle is not None and self.circle.is_closed

    @property
    def why_retracted(self) -> str:
        """The words with which it was retracted. Whoever asks has made sure that its reader may read the item."""
        if self.sealed_reason is not None and self.circle is not None:
            return self.circle.unseal(bytes(self.sealed_reason)).decode()
        return self.retraction_reason
