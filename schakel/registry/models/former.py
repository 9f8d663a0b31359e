"""What assets were before they changed or went: without it nobody could tell whose findings have lost their ground."""

from django.db import models

from schakel.registry.models.words import AssetKind, AssetRole


class FormerAsset(models.Model):
    """An asset as it stood before a change; triggers write it, whoever made the change and how.

    `revision` is the number of the change that ended it. There is no key to the organisation, which may be gone.
    """

    asset_id = models.BigIntegerField()
    organisation_id = models.BigIntegerField()
    kind = models.TextField(choices=AssetKind)
    value = models.TextField()
    role = models.TextField(choices=AssetRole)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    revision = models.BigIntegerField()
    ended_at = models.DateTimeField()

    class Handling:
        """What an organisation ran says little of a person; kept as long as stored observations are looked at."""

        keep_days = 400
        personal: dict[str, str] = {}
        plain = {
            "id", "asset_id", "organisation_id", "kind", "value", "role", "valid_from", "valid_until", "revision",
            "ended_at",
        }  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["revision"], name="former_asset_by_revision")]

    def __str__(self) -> str:
        """Its value."""
        return self.value
