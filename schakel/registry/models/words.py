"""The words that the registry chooses from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
