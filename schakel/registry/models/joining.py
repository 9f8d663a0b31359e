"""How somebody becomes a partner: the application, its assessment, and the first steps after it."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission
from schakel.registry.models.agreement import Agreement, AgreementTemplate
from schakel.registry.models.partner import Partner
from schakel.registry.models.words import AgreementRole, Language


class ApplicationState(models.TextChoices):
    """How far an application is."""

    RECEIVED = "received", _("received")
    ASKED = "asked", _("waiting for the applicant")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("not accepted")
    WITHDRAWN = "withdrawn", _("taken back")


_A = ApplicationState
APPLICATION_MOVES: Moves[ApplicationState] = {
    _A.RECEIVED: {_A.ASKED, _A.ACCEPTED, _A.REFUSED, _A.WITHDRAWN},
    _A.ASKED: {_A.RECEIVED, _A.ASKED, _A.REFUSED, _A.WITHDRAWN},
}
DECIDED = frozenset({_A.ACCEPTED, _A.REFUSED, _A.WITHDRAWN})


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications."""

    def visible_to(self, actor: Actor) -> Self:
        """The coordinator's: nobody else may know who knocks."""
        return self.all() if actor.reach(Permission.APPLICATION_VIEW).is_everything else self.none()

    def waiting(self) -> Self:
        """Those that are not decided."""
        return self.exclude(state__in=DECIDED)

    def waiting_for_us(self) -> Self:
        """Those that wait for the coordinator, with `since`: the applicant's last words, or the day it applied."""
        theirs = ApplicationMessage.objects.filter(application=OuterRef("pk"), is_from_applicant=True)
        said_at = Subquery(theirs.order_by("-pk").values("at")[:1])
        return self.filter(state=ApplicationState.RECEIVED).annotate(since=Coalesce(said_at, F("received_at")))

    def waiting_long(self, at: datetime) -> Self:
        """Those that wait for the coordinator for longer than the setting allows, longest first."""
        late = self.waiting_for_us().filter(since__lte=at - timedelta(days=settings.APPLICATION_DAYS))
        return late.order_by("since", "pk")


class Application(models.Model):
    """That somebody asks to become a partner. `answers` holds its words per criterion of the common list."""

    name = models.TextField()
    kvk = models.TextField(default="", blank=True)
    website = models.TextField(default="", blank=True)
    type = models.TextField()
    how = models.TextField()
    functions = ArrayField(models.TextField())
    role = models.TextField(choices=AgreementRole)
    sectors = ArrayField(models.TextField(), default=list)
    regions = ArrayField(models.TextField(), default=list)
    reach_count = models.PositiveIntegerField(null=True)
    answers = models.JSONField(default=dict)
    contact_name = models.TextField()
    contact_mail = models.TextField()
    contact_phone = models.TextField(default="", blank=True)
    language = models.TextField(choices=Language, default=Language.DUTCH)
    terms = models.ForeignKey(AgreementTemplate, models.PROTECT, related_name="+", null=True)
    state = models.TextField(choices=ApplicationState, default=ApplicationState.RECEIVED)
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="", blank=True)
    decision = models.TextField(default="", blank=True)
    referred_to = models.ManyToManyField(Partner, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="applications")
    link_number = models.PositiveSmallIntegerField(default=0)
    reminded_on = models.DateField(null=True)
    objects = ApplicationQuerySet.as_manager()

    class Handling:
        """Whom we talk to there is a person; the application itself may be a one-person company's."""

        keep_days = 730
        personal = {
            "contact_name": "scrub", "contact_mail": "scrub", "contact_phone": "scrub", "name": "scrub", "kvk": "scrub",
            "how": "scrub", "answers": "scrub", "decision": "scrub",
        }  # fmt: skip
        plain = {
            "id", "website", "type", "functions", "role", "sectors", "regions", "reach_count", "language", "terms",
            "state", "received_at", "decided_at", "decided_by", "referred_to", "partner", "link_number",
            "reminded_on",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="application_decided_at_only_when_decided",
                condition=Q(state__in=["accepted", "refused", "withdrawn"], decided_at__isnull=False)
                | (Q(state__in=["received", "asked"]) & Q(decided_at=None)),
            ),
            models.CheckConstraint(
                name="application_accepted_has_its_partner", condition=~Q(state="accepted") | Q(partner__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at"], name="application_waiting", condition=Q(state__in=["received", "asked"])
            )
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ApplicationMessage(models.Model):
    """What applicant and coordinator wrote to each other about an application."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="messages")
    is_from_applicant = models.BooleanField()
    words = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()

    class Handling:
        """Goes with the application."""

        keep_days = 730
        personal = {"words": "scrub"}
        plain = {"id", "application", "is_from_applicant", "at", "by"}

    def __str__(self) -> str:
        """When."""
        return f"{self.application_id} {self.at}"


class Verdict(models.TextChoices):
    """What somebody found of one criterion."""

    MET = "met", _("met")
    PARTLY = "partly", _("partly met")
    NOT_MET = "not-met", _("not met")


class Appraisal(models.Model):
    """What somebody found of one criterion of the common list, for an application or a running agreement."""

    application = models.ForeignKey(
        Application, models.CASCADE, null=True, related_name="appraisals", db_index=False
    )  # appraisal_once
    agreement = models.ForeignKey(Agreement, models.CASCADE, null=True, related_name="appraisals")
    criterion = models.TextField()
    verdict = models.TextField(choices=Verdict)
    words = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    by = models.TextField()

    class Handling:
        """Words may name people."""

        keep_days = 1825
        personal = {"words": "scrub"}
        plain = {"id", "application", "agreement", "criterion", "verdict", "at", "by"}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="appraisal_once", fields=["application", "agreement", "criterion"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="appraisal_of_exactly_one",
                condition=Q(application=None, agreement__isnull=False) | Q(application__isnull=False, agreement=None),
            ),
        ]

    def __str__(self) -> str:
        """Criterion and verdict."""
        return f"{self.criterion}: {self.verdict}"


class OnboardingSide(models.TextChoices):
    """Who has to do a step."""

    PARTNER = "partner", _("the partner")
    NETWORK = "network", _("the network")


class OnboardingQuerySet(models.QuerySet["OnboardingStep"]):
    """Steps of onboarding."""

    def visible_to(self, actor: Actor) -> Self:
        """All for the coordinator, its own for a partner."""
        reach = actor.reach(Permission.AGREEMENT_VIEW)
        return self.all() if reach.is_everything else self.filter(partner_id__in=reach.partner_ids)

    def waiting(self) -> Self:
        """Those that are not done, of who is still here."""
        return self.filter(done_at=None).exclude(partner__standing="left")


class OnboardingStep(models.Model):
    """One thing that has to be done before a new partner is at home; what it says is in `onboarding.toml`."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="onboarding", db_index=False)  # …_once
    slug = models.TextField()
    side = models.TextField(choices=OnboardingSide)
    owner = models.TextField(default="", blank=True)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(default="", blank=True)
    objects = OnboardingQuerySet.as_manager()

    class Handling:
        """Who does it is a person's name, where one is given."""

        keep_days = 1825
        personal = {"owner": "scrub"}
        plain = {"id", "partner", "slug", "side", "due_on", "done_at", "done_by"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="onboarding_once", fields=["partner", "slug"]),
            models.CheckConstraint(
                name="onboarding_done_by_somebody",
                condition=Q(done_at=None, done_by="") | (Q(done_at__isnull=False) & ~Q(done_by="")),
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="onboarding_waiting", condition=Q(done_at=None))]

    def __str__(self) -> str:
        """Partner and step."""
        return f"{self.partner_id} {self.slug}"
