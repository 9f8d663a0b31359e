"""The journal's table: append-only by trigger (see the first migration), each row chained to the one before."""

from typing import Self

from django.db import models

from schakel.policy.access import Actor, Permission


class EventQuerySet(models.QuerySet["Event"]):
    """Events, in the order in which they were written."""

    def visible_to(self, actor: Actor) -> Self:
        """All of the journal for auditors, nothing for others."""
        return self.all() if actor.reach(Permission.JOURNAL_VIEW).is_everything else self.none()


class Event(models.Model):
    """One act or one batch: who did what to what, when. No foreign keys, so that it outlives what it is about."""

    number = models.BigIntegerField(primary_key=True)
    tag = models.TextField()
    actor = models.TextField()
    at = models.DateTimeField()
    subject = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    objects = EventQuerySet.as_manager()

    class Handling:
        """Kept for ten years; the actor is a name of office."""

        keep_days = 3650
        personal = {"actor": "keep"}
        plain = {"number", "tag", "at", "subject", "facts", "previous_hash", "hash"}

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["tag", "number"]), models.Index(fields=["subject", "number"])]

    def __str__(self) -> str:
        """Number and tag."""
        return f"{self.number} {self.tag}"
