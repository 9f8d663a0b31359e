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
    """The functions that code itself names. Which functions there are, and until when, is data (`functions.toml`)."""

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
    OFFERED = "offered", _("offered")
    SIGNED = "signed", _("signed")
    SUSPENDED = "suspended", _("suspended")
    ENDED = "ended", _("ended")


class AgreementRole(models.TextChoices):
    """What a partner takes upon itself: agreements differ by role (build plan, section 7.3.1)."""

    INFORMER = "informer", _("informer")
    CONTRIBUTOR = "contributor", _("contributor")
    LEAD = "lead", _("lead")


class PartnerStanding(models.TextChoices):
    """How somebody stands to the network, from found to gone."""

    PROSPECT = "prospect", _("prospect")
    JOINING = "joining", _("joining")
    PARTNER = "partner", _("partner")
    LEFT = "left", _("has left")


class Category(models.TextChoices):
    """Where a partner stands in the network (build plan, section 3.1)."""

    CORE = "core", _("core network")
    ECOSYSTEM = "ecosystem", _("wider ecosystem")
    CONNECTION = "connection", _("connection partner")


class LegacyStatus(models.TextChoices):
    """What somebody was under the law before the Cyberbeveiligingswet; never a ground for new sharing."""

    OKTT = "oktt", _("link organisation (OKTT) until 2026")
    SECTORAL_CSIRT = "sectoral-csirt", _("sectoral CSIRT until 2026")


class ContactStanding(models.TextChoices):
    """How far a contact can be relied on."""

    ACTIVE = "active", _("in use")
    DOUBTFUL = "doubtful", _("in doubt")
    SUSPENDED = "suspended", _("not in use")


class Silence(models.TextChoices):
    """Why a contact is in doubt or not in use."""

    NONE = "", ""
    BOUNCED = "bounced", _("mail came back")
    DORMANT = "dormant", _("did not answer")
    DECLINED = "declined", _("said no")
    REPLACED = "replaced", _("replaced by another")
    REMOVED = "removed", _("taken off by hand")
