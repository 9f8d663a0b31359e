"""What a partner and the network promised each other, and how that came about."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from schakel.kit.states import Moves
from schakel.policy.access import Actor, Permission
from schakel.registry.models.partner import Partner
from schakel.registry.models.words import AgreementRole, AgreementState, Language

_S = AgreementState
AGREEMENT_MOVES: Moves[AgreementState] = {
    _S.DRAFT: {_S.OFFERED, _S.ENDED},
    _S.OFFERED: {_S.DRAFT, _S.SIGNED, _S.ENDED},
    _S.SIGNED: {_S.SUSPENDED, _S.ENDED},
    _S.SUSPENDED: {_S.SIGNED, _S.ENDED},
}


def active_on(day: date, function: str) -> Q:
    """Agreements that are in force on `day` and cover `function`; says what `policy.sharing.agreement_refusal` says."""
    running = Q(until_on=None) | Q(until_on__gt=day)
    return running & Q(state=AgreementState.SIGNED, from_on__lte=day, functions__contains=[function])


class AgreementTemplate(models.Model):
    """The standard terms for one role, in one version. Published as it is made; never changed after."""

    role = models.TextField(choices=AgreementRole)
    version = models.PositiveSmallIntegerField()
    text_nl = models.TextField()
    text_en = models.TextField()
    origin_nl = models.TextField()
    origin_en = models.TextField()
    change_nl = models.TextField(default="", blank=True)
    change_en = models.TextField(default="", blank=True)
    published_at = models.DateTimeField()

    class Handling:
        """Terms are public."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "role", "version", "text_nl", "text_en", "origin_nl", "origin_en", "change_nl", "change_en",
            "published_at",
        }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(name="template_once", fields=["role", "version"])]

    def __str__(self) -> str:
        """Role and version."""
        return f"{self.role} {self.version}"


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements."""

    def visible_to(self, actor: Actor) -> Self:
        """All for the coordinator; a partner its own, once it has been offered."""
        reach = actor.reach(Permission.AGREEMENT_VIEW)
        if reach.is_everything:
            return self.all()
        return self.filter(partner_id__in=reach.partner_ids).exclude(state=AgreementState.DRAFT, offered_at=None)

    def running(self) -> Self:
        """Those that bind: signed, suspended or not."""
        return self.filter(state__in=[AgreementState.SIGNED, AgreementState.SUSPENDED])


class Agreement(models.Model):
    """What a partner and the network promised each other, for which functions, in which role and how long.

    `serial` tells agreements of one partner that begin on one day apart; those that come in a file have 0.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements", db_index=False)  # agreement_once
    role = models.TextField(choices=AgreementRole, default=AgreementRole.INFORMER, db_default=AgreementRole.INFORMER)
    functions = ArrayField(models.TextField())
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    serial = models.PositiveSmallIntegerField(default=0, db_default=0)
    state = models.TextField(choices=AgreementState, default=AgreementState.DRAFT)
    effort = models.TextField(default="", blank=True, db_default="")
    activities = models.TextField(default="", blank=True, db_default="")
    template = models.ForeignKey(AgreementTemplate, models.PROTECT, null=True, related_name="agreements")
    language = models.TextField(choices=Language, default=Language.DUTCH, db_default=Language.DUTCH)
    amends = models.ForeignKey("self", models.PROTECT, null=True, related_name="amendments")
    signatory = models.TextField(default="", blank=True, db_default="")
    signatory_mail = models.TextField(default="", blank=True, db_default="")
    offered_at = models.DateTimeField(null=True)
    link_number = models.PositiveSmallIntegerField(default=0, db_default=0)
    reminded_on = models.DateField(null=True)
    renewal_refused_at = models.DateTimeField(null=True)
    renewal_words = models.TextField(default="", blank=True, db_default="")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", blank=True, db_default="")
    objects = AgreementQuerySet.as_manager()

    class Handling:
        """Agreements are public; who is to sign for the partner is a person."""

        keep_days = 3650
        personal = {"signatory": "scrub", "signatory_mail": "scrub", "renewal_words": "scrub"}
        plain = {
            "id", "partner", "role", "functions", "from_on", "until_on", "serial", "state", "effort", "activities",
            "template", "language", "amends", "offered_at", "link_number", "reminded_on", "renewal_refused_at",
            "ended_at", "end_reason",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(name="agreement_once", fields=["partner", "from_on", "serial"]),
            models.CheckConstraint(
                name="agreement_runs_forward", condition=Q(until_on=None) | Q(from_on__lte=models.F("until_on"))
            ),
            models.CheckConstraint(
                name="agreement_ended_at_only_when_ended", condition=Q(ended_at=None) | Q(state=AgreementState.ENDED)
            ),
            models.CheckConstraint(
                name="agreement_renewal_refused_in_words",
                condition=Q(renewal_refused_at=None, renewal_words="")
                | (Q(renewal_refused_at__isnull=False) & ~Q(renewal_words="")),
            ),
        ]

    def __str__(self) -> str:
        """Partner and first day."""
        return f"{self.partner_id} {self.from_on}"


class AgreementDocument(models.Model):
    """An agreement as both sides sign it: one file, known by its SHA-256."""

    agreement = models.OneToOneField(Agreement, models.CASCADE, related_name="document")
    content = models.BinaryField()
    digest = models.TextField()
    made_at = models.DateTimeField()

    class Handling:
        """Goes with the agreement; it may name who is to sign."""

        keep_days = 3650
        personal = {"content": "keep"}
        plain = {"id", "agreement", "digest", "made_at"}

    class Meta:
        constraints = [
            models.CheckConstraint(name="document_digest_is_sha_256", condition=Q(digest__regex=r"^[0-9a-f]{64}$"))
        ]

    def __str__(self) -> str:
        """Its digest."""
        return self.digest


class SignatureSide(models.TextChoices):
    """For whom somebody signs."""

    PARTNER = "partner", "partner"
    NETWORK = "network", "network"


class Signature(models.Model):
    """That one side signed an agreement: who, in what position, when, and which document."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures", db_index=False)  # …_once
    side = models.TextField(choices=SignatureSide)
    name = models.TextField()
    position = models.TextField()
    digest = models.TextField()
    signed_at = models.DateTimeField()
    given_by = models.TextField()

    class Handling:
        """Who signed is kept as long as the agreement is proof."""

        keep_days = 3650
        personal = {"name": "keep", "position": "keep"}
        plain = {"id", "agreement", "side", "digest", "signed_at", "given_by"}

    class Meta:
        constraints = [models.UniqueConstraint(name="signature_once", fields=["agreement", "side"])]

    def __str__(self) -> str:
        """Side and name."""
        return f"{self.side}: {self.name}"


class SignedCopy(models.Model):
    """What another signing service made of a signature: its reference, and the file as signed with its SHA-256."""

    signature = models.OneToOneField(Signature, models.CASCADE, related_name="copy")
    provider = models.TextField()
    reference = models.TextField(default="", blank=True)
    content = models.BinaryField(null=True)
    digest = models.TextField(default="", blank=True)
    kept_at = models.DateTimeField()

    class Handling:
        """Evidence beside a signature; the file may name who signed."""

        keep_days = 3650
        personal = {"content": "keep", "reference": "keep"}
        plain = {"id", "signature", "provider", "digest", "kept_at"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="signed_copy_digest_of_its_file",
                condition=Q(content=None, digest="") | Q(content__isnull=False, digest__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="signed_copy_shows_something", condition=~Q(reference="") | Q(content__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        """Whose service it was."""
        return self.provider
