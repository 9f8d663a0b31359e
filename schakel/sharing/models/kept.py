"""Words that stand open in a table, or sealed where they belong to a closed circle."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from schakel.sharing.models.circle import Circle


def open_or_sealed(name: str) -> models.CheckConstraint:
    """That words stand there one way, never both and never none."""
    return models.CheckConstraint(
        name=name, condition=Q(told__isnull=False, sealed=None) | Q(told=None, sealed__isnull=False)
    )


class Kept(models.Model):
    """Something said in a circle or outside any."""

    told = models.JSONField(null=True)
    sealed = models.BinaryField(null=True)

    class Meta:
        abstract = True

    @property
    def place(self) -> Circle | None:
        """The circle in which it was said."""
        raise NotImplementedError

    def keep(self, values: Mapping[str, Any]) -> None:
        """Hold these plain values; the caller saves it, within a transaction. Raises Unsealable."""
        circle = self.place
        if circle is not None and circle.is_closed:
            self.told, self.sealed = None, circle.sealed(values)
        else:
            self.told, self.sealed = dict(values), None

    @property
    def said(self) -> Mapping[str, Any]:
        """The values again. Whoever asks has made sure that its reader is in the circle. Raises Unsealable."""
        circle = self.place
        return circle.opened(bytes(self.sealed)) if self.sealed is not None and circle else (self.told or {})
