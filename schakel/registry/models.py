"""The registry: who there is, what is theirs, who answers for them and under which agreement."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.policy.access import Actor, Permission


class SizeClass(models.TextChoices):
    """Size classes by people at work, as Statistics Netherlands counts them."""

    ONE = "one", _("1 person")
    MICRO = "micro", _("2 to 9 people")
    SMALL = "small", _("10 to 49 people")
    MEDIUM = "medium", _("50 to 249 people")
    LARGE = "large", _("250 people or more")
    UNKNOWN = "unknown", _("unknown")


class Nis2Status(models.TextChoices):
    """What an organisation is under the Cyberbeveiligingswet, articles 12 and 13."""

    ESSENTIAL = "essential", _("essential entity")
    IMPORTANT = "important", _("important entity")
    NONE = "none", _("neither")
    UNKNOWN = "unknown", _("unknown")


class Language(models.TextChoices):
    """The languages in which we speak."""

    DUTCH = "nl", "Nederlands"
    ENGLISH = "en", "English"
    PAPIAMENTU = "pap", "Papiamentu"


class AssetKind(models.TextChoices):
    """By what a system is recognised as somebody's."""

    NETWORK = "network", _("network")
    DOMAIN = "domain", _("domain name")
    ASN = "asn", _("autonomous system")
    EMAIL_DOMAIN = "email_domain", _("e-mail domain")


class AssetRole(models.TextChoices):
    """What the holder is to the asset."""

    OWNER = "owner", _("owner")
    OPERATOR = "operator", _("operator")


class Evidence(models.TextChoices):
    """How we know."""

    VERIFIED = "verified", _("verified")
    CLAIMED = "claimed", _("claimed")
    INFERRED = "inferred", _("inferred")


class NetworkFunction(models.TextChoices):
    """The five functions of the network. Only notification matters to this part of the work."""

    SHARING = "information-sharing", _("information sharing")
    NOTIFICATION = "notification", _("target and victim notification")
    INCIDENTS = "incident-handling", _("incident handling")
    KNOWLEDGE = "knowledge", _("knowledge exchange")
    EXERCISE = "exercise", _("training and exercise")


class Relation(models.TextChoices):
    """Why an organisation belongs to a partner's constituency."""

    MEMBER = "member", _("member")
    CUSTOMER = "customer", _("customer")
    SUPPLIER = "supplier", _("supplier")
    MEMBERS_CUSTOMER = "members-customer", _("member's customer")
    PARTICIPANT = "participant", _("participant")


class ContactRole(models.TextChoices):
    """What a contact is for."""

    SECURITY = "security", _("security")
    ABUSE = "abuse", _("abuse")
    TECHNICAL = "technical", _("technical")
    GENERAL = "general", _("general")
    PRIVACY = "privacy", _("privacy")


class ChannelKind(models.TextChoices):
    """How a contact is reached."""

    MAIL = "mail", _("e-mail")
    WEBHOOK = "webhook", _("webhook")


class AgreementState(models.TextChoices):
    """How far an agreement is."""

    DRAFT = "draft", _("draft")
    SIGNED = "signed", _("signed")
    ENDED = "ended", _("ended")


def active_on(day: date, function: str) -> Q:
    """Agreements that are in force on `day` and cover `function`."""
    running = Q(until_on=None) | Q(until_on__gt=day)
    return running & Q(state=AgreementState.SIGNED, from_on__lte=day, functions__contains=[function])


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Partners."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see the registry, one's own for a partner."""
        reach = actor.reach(Permission.REGISTRY_VIEW)
        return (
            self.all() if reach.is_everything else self.filter(pk__in=actor.reach(Permission.FINDING_VIEW).partner_ids)
        )


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see findings everywhere; for a partner its constituency, while its agreement runs."""
        reach = actor.reach(Permission.FINDING_VIEW)
        if reach.is_everything:
            return self.all()
        return self.filter(pk__in=constituents(reach.partner_ids))


class Organisation(models.Model):
    """One legal or actual body that can be warned."""

    key = models.TextField(unique=True)
    name = models.TextField()
    trade_names = ArrayField(models.TextField(), default=list)
    kvk = models.TextField(null=True)
    rsin = models.TextField(null=True)
    oin = models.TextField(null=True)
    sector = models.TextField(default="", blank=True)
    sbi = models.TextField(default="", blank=True)
    size_class = models.TextField(choices=SizeClass, default=SizeClass.UNKNOWN)
    region = models.TextField(default="", blank=True)
    nis2 = models.TextField(choices=Nis2Status, default=Nis2Status.UNKNOWN)
    language = models.TextField(choices=Language, default=Language.DUTCH)
    has_objected = models.BooleanField(default=False)
    objects = OrganisationQuerySet.as_manager()

    class Handling:
        """A one-person company is a person: names and numbers are personal."""

        keep_days = 0  # As long as the registry's source holds it.
        personal = {"name": "scrub", "trade_names": "scrub", "kvk": "scrub", "rsin": "scrub"}
        plain = {
            "id", "key", "oin", "sector", "sbi", "size_class", "region", "nis2", "language", "has_objected",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="organisation_kvk_has_8_digits", condition=Q(kvk__regex=r"^\d{8}$")),
            models.CheckConstraint(name="organisation_rsin_has_9_digits", condition=Q(rsin__regex=r"^\d{9}$")),
            models.CheckConstraint(name="organisation_oin_has_20_digits", condition=Q(oin__regex=r"^\d{20}$")),
        ]
        indexes = [models.Index(fields=["kvk"])]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Partner(models.Model):
    """A member of the network that makes others resilient."""

    key = models.TextField(unique=True)
    name = models.TextField()
    type = models.TextField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="as_partner")
    functions = ArrayField(models.TextField(choices=NetworkFunction), default=list)
    sectors = ArrayField(models.TextField(), default=list)
    language = models.TextField(choices=Language, default=Language.DUTCH)
    objects = PartnerQuerySet.as_manager()

    class Handling:
        """Partners are public."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "key", "name", "type", "organisation", "functions", "sectors", "language"}

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the organisations and partners that the actor sees."""
        theirs = Q(organisation__in=Organisation.objects.visible_to(actor))
        return self.filter(theirs | Q(partner__in=Partner.objects.visible_to(actor)))


class Contact(models.Model):
    """Where an organisation or a partner can be told."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="contacts")
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="contacts")
    role = models.TextField(choices=ContactRole, default=ContactRole.SECURITY)
    channel = models.TextField(choices=ChannelKind, default=ChannelKind.MAIL)
    address = models.TextField()
    language = models.TextField(choices=Language, default=Language.DUTCH)
    openpgp_key = models.TextField(default="", blank=True)
    webhook_secret = models.TextField(default="", blank=True)
    is_verified = models.BooleanField(default=False)
    has_stopped_digests = models.BooleanField(default=False, db_default=False)
    objects = ContactQuerySet.as_manager()

    class Handling:
        """An address may be a person's."""

        keep_days = 0
        personal = {"address": "scrub", "openpgp_key": "scrub", "webhook_secret": "scrub"}
        plain = {"id", "organisation", "partner", "role", "channel", "language", "is_verified", "has_stopped_digests"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contact_of_exactly_one",
                condition=Q(organisation=None, partner__isnull=False) | Q(organisation__isnull=False, partner=None),
            ),
            models.UniqueConstraint(
                name="contact_once",
                fields=["organisation", "partner", "role", "channel", "address"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        """Its address."""
        return self.address


class Asset(models.Model):
    """Something by which a system is recognised as an organisation's: a network, a name, a number."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="assets")
    kind = models.TextField(choices=AssetKind)
    value = models.TextField()
    role = models.TextField(choices=AssetRole, default=AssetRole.OWNER)
    evidence = models.TextField(choices=Evidence, default=Evidence.CLAIMED)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    revision = models.BigIntegerField(default=0)

    class Handling:
        """What an organisation runs says little of a person."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {
            "id", "organisation", "kind", "value", "role", "evidence", "valid_from", "valid_until", "revision",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(name="asset_once", fields=["organisation", "kind", "value", "role"]),
            models.CheckConstraint(
                name="asset_span_runs_forward",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lt=models.F("valid_until")),
            ),
        ]
        indexes = [models.Index(fields=["revision"])]

    def __str__(self) -> str:
        """Its value."""
        return self.value


class Constituency(models.Model):
    """One organisation for which one partner answers."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="constituents")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="guardians")
    relation = models.TextField(choices=Relation, default=Relation.MEMBER)
    is_chosen = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Handling:
        """Who is a member of what."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "partner", "organisation", "relation", "is_chosen", "valid_from", "valid_until"}

    class Meta:
        constraints = [
            models.UniqueConstraint(name="constituency_once", fields=["partner", "organisation", "relation"])
        ]

    def __str__(self) -> str:
        """Partner and organisation."""
        return f"{self.partner_id}: {self.organisation_id}"


class Agreement(models.Model):
    """What a partner and the network promised each other, for which functions and how long."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements")
    functions = ArrayField(models.TextField(choices=NetworkFunction))
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    state = models.TextField(choices=AgreementState, default=AgreementState.DRAFT)

    class Handling:
        """Agreements are public."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "partner", "functions", "from_on", "until_on", "state"}

    class Meta:
        constraints = [models.UniqueConstraint(name="agreement_once", fields=["partner", "from_on"])]

    def __str__(self) -> str:
        """Partner and first day."""
        return f"{self.partner_id} {self.from_on}"


def constituents(partner_ids: frozenset[int]) -> models.QuerySet[Constituency, int]:
    """Ids of the organisations that these partners answer for today, under an agreement that covers notification."""
    today = date.today()  # noqa: DTZ011 - memberships run by the calendar day of the place
    started = Q(valid_from=None) | Q(valid_from__lte=today)
    running = Q(valid_until=None) | Q(valid_until__gt=today)
    return Constituency.objects.filter(started & running, partner__in=under_agreement(partner_ids)).values_list(
        "organisation_id", flat=True
    )


def under_agreement(partner_ids: frozenset[int]) -> models.QuerySet[Agreement, int]:
    """Those of the partners whose agreement runs today and covers notification: their ids."""
    today = date.today()  # noqa: DTZ011 - agreements run by the calendar day of the place
    running = Agreement.objects.filter(active_on(today, NetworkFunction.NOTIFICATION), partner_id__in=partner_ids)
    return running.values_list("partner_id", flat=True)
