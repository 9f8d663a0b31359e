"""Names as they are compared: kept, so that who comes new is not compared with millions."""

from django.db import models

from schakel.registry.models.organisation import Organisation


class NameKey(models.Model):
    """The plain form of an organisation's name, and by what a like name is found: either of its ends, and its length.

    `revision`: the organisation's, of which this is the name.
    """

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    plain = models.TextField()
    head = models.TextField()
    tail = models.TextField()
    length = models.IntegerField()
    revision = models.BigIntegerField()

    class Handling:
        """A one-person company is a person: what is made from its name is personal too."""

        keep_days = 0
        personal = {"plain": "scrub", "head": "scrub", "tail": "scrub"}
        plain = {"organisation", "length", "revision"}

    class Meta:
        indexes = [
            models.Index(fields=["head", "length"], name="name_by_head"),
            models.Index(fields=["tail", "length"], name="name_by_tail"),
            models.Index(fields=["revision"], name="name_by_revision"),
        ]

    def __str__(self) -> str:
        """The plain form."""
        return self.plain
