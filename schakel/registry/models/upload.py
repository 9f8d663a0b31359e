"""A table of claims, contacts or wishes, read and waiting for somebody's yes."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor
from schakel.registry.models.organisation import Organisation
from schakel.registry.models.partner import Partner


class UploadKind(models.TextChoices):
    """What a table holds."""

    CLAIMS = "claims", _("claims")
    CONTACTS = "contacts", _("contacts")
    WISHES = "wishes", _("organisations for the constituency")


class UploadQuerySet(models.QuerySet["Upload"]):
    """Uploads."""

    def visible_to(self, actor: Actor) -> Self:
        """Those that the actor made: a preview is nobody else's."""
        return self.filter(made_by=actor.name)


class Upload(models.Model):
    """One table as it was read: good rows, faults by line, and what came of it once it was confirmed."""

    kind = models.TextField(choices=UploadKind)
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="uploads")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="uploads")
    file_name = models.TextField()
    rows = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    confirmed_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)
    objects = UploadQuerySet.as_manager()

    class Handling:
        """Rows may hold addresses of people; once confirmed they stand elsewhere."""

        keep_days = 30
        personal = {"rows": "scrub", "faults": "scrub"}
        plain = {
            "id", "kind", "partner", "organisation", "file_name", "made_at", "made_by", "confirmed_at", "figures",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="upload_of_exactly_one",
                condition=Q(organisation=None, partner__isnull=False) | Q(organisation__isnull=False, partner=None),
            )
        ]

    def __str__(self) -> str:
        """The file's name."""
        return self.file_name
