"""Circles: closed groups that share within the network, each a compartment of its own."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from schakel.kit.states import Moves
from schakel.people.models import User
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Organisation, Partner
from schakel.sharing import sealing
from schakel.sharing.words import CircleBasis, CircleState, CircleTask, Phase

_S = CircleState
CIRCLE_MOVES: Moves[CircleState] = {_S.PREPARED: {_S.OPEN, _S.ENDED}, _S.OPEN: {_S.ENDED}}


KEYS = ["sealed_key", "key_number", "former_keys"]


@dataclass(frozen=True, slots=True)
class CircleWords:
    """What a circle says of itself. `basis`: its agreement or covenant in words; `basis_url`: where that stands."""

    name: str
    purpose: str
    rules: str = ""
    basis: str = ""
    basis_url: str = ""


def in_now() -> Q:
    """Memberships that hold at this moment."""
    return Q(until_at=None) | Q(until_at__gt=timezone.now())


class CircleQuerySet(models.QuerySet["Circle"]):
    """Circles."""

    def visible_to(self, actor: Actor) -> Self:
        """Those one is in, from their preparation to their end; to nobody else does a circle exist.

        Open ones also to whoever looks after circles.
        """
        within = Q(pk__in=CircleMember.objects.held_by(actor).values("circle"))
        if actor.reach(Permission.CIRCLE_MANAGE).is_everything:
            within |= Q(is_closed=False)
        return self.filter(within)


class Circle(models.Model):
    """A group that shares, with its purpose, its rules and the ground on which it may.

    A closed circle has named people only, is listed to nobody else, and keeps its words and all that it shares under
    keys of its own: then `name` to `basis_url` are empty, and `words` says what they were.
    """

    key = models.TextField(unique=True)
    name = models.TextField(default="", blank=True)
    purpose = models.TextField(default="", blank=True)
    rules = models.TextField(default="", blank=True)
    is_closed = models.BooleanField(default=False)
    state = models.TextField(choices=CircleState, default=CircleState.PREPARED)
    basis = models.TextField(choices=CircleBasis, default=CircleBasis.AGREEMENT)
    basis_words = models.TextField(default="", blank=True)
    basis_url = models.TextField(default="", blank=True)
    has_basis = models.BooleanField(default=False)  # In words, and where it is closed with the place of publication.
    legal_basis = models.TextField(default="", blank=True)  # The slug of a ground in law, where there is one.
    phase = models.TextField(choices=Phase, default=Phase.COLD)
    sealed_words = models.BinaryField(null=True)
    sealed_key = models.BinaryField(default=b"")  # The key in use, under the key of the machine: see sharing.sealing.
    key_number = models.PositiveIntegerField(default=1)
    former_keys = ArrayField(models.BinaryField(), default=list)  # Oldest first; gone when nothing needs them.
    made_at = models.DateTimeField()
    made_by = models.TextField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    objects = CircleQuerySet.as_manager()

    class Handling:
        """Kept as long as what was shared in it."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "key", "name", "purpose", "rules", "is_closed", "state", "basis", "basis_words", "basis_url",
            "has_basis", "legal_basis", "phase", "sealed_words", "sealed_key", "key_number", "former_keys", "made_at",
            "made_by", "opened_at", "ended_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="circle_opens_on_a_basis", condition=~Q(state="open") | Q(has_basis=True)),
            models.CheckConstraint(
                name="circle_speaks_openly_or_sealed",
                condition=Q(is_closed=False, sealed_words=None) & ~Q(name="")
                | Q(is_closed=True, sealed_words__isnull=False, name="", purpose="", rules="", basis_words="")
                & Q(basis_url="")
                & ~Q(sealed_key=b""),
            ),
            models.CheckConstraint(
                name="circle_ended_at_only_when_ended",
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at=None)),
            ),
        ]

    def __str__(self) -> str:
        """Its name; of a closed one its number, as its name is for those who are in it."""
        return self.name or str(self.pk)

    @cached_property
    def words(self) -> CircleWords:
        """What it says of itself. Whoever asks has made sure that its reader is in it. Raises Unsealable."""
        if self.sealed_words is not None:
            return CircleWords(**self.opened(bytes(self.sealed_words)))
        return CircleWords(self.name, self.purpose, self.rules, self.basis_words, self.basis_url)

    def speak(self, words: CircleWords) -> None:
        """Let it say this of itself, sealed where it is closed; the caller saves it."""
        if self.is_closed:
            self.sealed_words = self.keyring.seal(json.dumps(asdict(words)).encode())
        else:
            self.name, self.purpose, self.rules = words.name, words.purpose, words.rules
            self.basis_words, self.basis_url = words.basis, words.basis_url
        self.has_basis = bool(words.basis and (words.basis_url or not self.is_closed))
        self.words = words

    @property
    def keyring(self) -> sealing.Keyring:
        """Its keys, by number."""
        first = self.key_number - len(self.former_keys)
        return sealing.Keyring(self.key, dict(enumerate(map(bytes, [*self.former_keys, self.sealed_key]), start=first)))

    def seal(self, content: bytes) -> bytes:
        """The content as ciphertext that opens here alone, with the key that is in use now.

        Within a transaction: until it ends, the key is not changed. Raises Unsealable.
        """
        return Circle.objects.select_for_update(no_key=True).only("key", *KEYS).get(pk=self.pk).keyring.seal(content)

    def unseal(self, sealed: bytes) -> bytes:
        """The content again. Whoever calls it has made sure that its reader is in the circle. Raises Unsealable."""
        if sealing.number_of(sealed) not in self.keyring.keys:  # Changed since this row was read.
            self.refresh_from_db(fields=KEYS)
        return self.keyring.unseal(sealed)

    def sealed(self, values: Mapping[str, Any]) -> bytes:
        """Plain values, sealed."""
        return self.seal(json.dumps(values).encode())

    def opened(self, sealed: bytes) -> dict[str, Any]:
        """The values again. Whoever calls it has made sure that its reader is in the circle. Raises Unsealable."""
        values: dict[str, Any] = json.loads(self.unseal(sealed))
        return values


class CircleMemberQuerySet(models.QuerySet["CircleMember"]):
    """Memberships."""

    def of(self, actor: Actor) -> Self:
        """Those by which the actor reads what is shared: in circles that are open."""
        return self.held_by(actor).filter(circle__state=CircleState.OPEN)

    def held_by(self, actor: Actor, permission: Permission = Permission.CIRCLE_VIEW) -> Self:
        """Those that hold for the actor now: its own, and in open circles those of its partner or organisation.

        A person is in it for a body, and no longer than for that body it holds the permission.
        """
        reach = actor.reach(permission)
        body = Q(partner__in=reach.partner_ids) | Q(organisation__in=reach.organisation_ids)
        body |= Q(is_desk=True) if reach.is_everything else Q(pk__in=[])
        named = Q(user=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
        ours = named | Q(user=None, circle__is_closed=False)
        return self.filter(ours, body, in_now()).exclude(circle__state=CircleState.ENDED)


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
    tasks = ArrayField(models.TextField(choices=CircleTask), default=list)  # For which it takes part.
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
