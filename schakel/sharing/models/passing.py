"""Passing on: a partner gives an item to its constituency, under its own name, within the label."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from schakel.policy.access import Actor, Permission
from schakel.policy.audience import MEANS, Meant
from schakel.registry.models import Agreement, Constituency, NetworkFunction, Partner, Relation, active_on


class ClientTie(models.Model):
    """A partner's word that it gives security services to those of its constituency with that relation.

    Without it nothing under TLP:AMBER may be passed on to them: a tie of membership alone is not enough.
    """

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="client_ties", db_index=False)  # client_tie_once
    relation = models.TextField(choices=Relation)
    since_at = models.DateTimeField()
    by = models.TextField()

    class Handling:
        """A partner's choice."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "partner", "relation", "since_at", "by"}

    class Meta:
        constraints = [models.UniqueConstraint(name="client_tie_once", fields=["partner", "relation"])]

    def __str__(self) -> str:
        """Partner and relation."""
        return f"{self.partner_id} {self.relation}"


class PassingQuerySet(models.QuerySet["Passing"]):
    """Passings."""

    def reaching(self, actor: Actor, *, day: date) -> Self:
        """Those of partners that the actor's organisations belong to on that day, within the label."""
        organisations = actor.reach(Permission.ITEM_VIEW).organisation_ids
        if not organisations:
            return self.none()
        able = Agreement.objects.filter(active_on(day, NetworkFunction.SHARING)).values("partner")
        ties = Constituency.objects.filter(organisation__in=organisations, partner__in=able).filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gt=day)
        )
        served = ties.filter(
            models.Exists(
                ClientTie.objects.filter(partner=models.OuterRef("partner"), relation=models.OuterRef("relation"))
            )
        )
        community = Q(item__tlp__in=labels_of(Meant.COMMUNITY), partner__in=ties.values("partner"))
        clients = Q(item__tlp__in=labels_of(Meant.CLIENT), partner__in=served.values("partner"))
        return self.filter(community | clients, item__circle=None, stopped_at=None)


def labels_of(meant: Meant) -> list[str]:
    """The labels under which an address may mean somebody so."""
    return [tlp.value for tlp, means in MEANS.items() if meant in means]


class Passing(models.Model):
    """One item that one partner passes on to its constituency as a bulletin in its own words."""

    item = models.ForeignKey("sharing.SharedItem", models.CASCADE, related_name="passings", db_index=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="passings")
    title = models.TextField()
    intro = models.TextField(default="", blank=True)
    reader = models.TextField(default="small")
    language = models.TextField(default="nl")
    is_public = models.BooleanField(default=False)  # A page without login, to link to or embed: TLP:CLEAR alone.
    passed_at = models.DateTimeField()
    passed_by = models.TextField()
    stopped_at = models.DateTimeField(null=True)
    objects = PassingQuerySet.as_manager()

    class Handling:
        """A partner's words to its members."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "item", "partner", "title", "intro", "reader", "language", "is_public", "passed_at", "passed_by",
            "stopped_at",
        }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(name="passing_once", fields=["item", "partner"])]

    def __str__(self) -> str:
        """Item and partner."""
        return f"{self.item_id} {self.partner_id}"
