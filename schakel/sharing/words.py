"""The words that sharing chooses from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemKind(models.TextChoices):
    """What is shared."""

    ADVISORY = "advisory", _("security advisory")
    THREAT_REPORT = "threat-report", _("threat report")
    INDICATORS = "indicators", _("indicator set")
    COURSE_OF_ACTION = "course-of-action", _("course of action")
    SITUATION = "situation-report", _("situation report")
    REQUEST = "request", _("request for information")


class Phase(models.TextChoices):
    """The phase of a threat or incident (glossary: koude, lauwe, warme fase, nafase)."""

    COLD = "cold", _("cold phase")
    LUKEWARM = "lukewarm", _("lukewarm phase")
    WARM = "warm", _("warm phase")
    AFTERMATH = "aftermath", _("aftermath")


class Chance(models.TextChoices):
    """How probable, and how harmful: the two axes of the advisories of the Dutch NCSC (kans, schade)."""

    HIGH = "high", _("high")
    MEDIUM = "medium", _("medium")
    LOW = "low", _("low")


class Reliability(models.TextChoices):
    """How far a source is to be relied on (Admiralty scale). F says that it cannot be judged, not that it is bad."""

    A = "a", _("completely reliable")
    B = "b", _("usually reliable")
    C = "c", _("fairly reliable")
    D = "d", _("not usually reliable")
    E = "e", _("unreliable")
    F = "f", _("reliability cannot be judged")


class Credibility(models.TextChoices):
    """How far this piece of information is to be believed (Admiralty scale). 6 says that it cannot be judged."""

    ONE = "1", _("confirmed by other sources")
    TWO = "2", _("probably true")
    THREE = "3", _("possibly true")
    FOUR = "4", _("doubtful")
    FIVE = "5", _("improbable")
    SIX = "6", _("truth cannot be judged")


class Reader(models.TextChoices):
    """For whom a text is written: how much its reader knows of the matter."""

    EXPERT = "expert", _("for security experts")
    GENERALIST = "generalist", _("for people who manage IT")
    SMALL = "small", _("for small companies")


class IndicatorKind(models.TextChoices):
    """By what something is recognised."""

    IP = "ip", _("address")
    NETWORK = "network", _("network")
    ASN = "asn", _("autonomous system")
    DOMAIN = "domain", _("domain name")
    URL = "url", _("web address")
    MAIL = "mail", _("mail address")
    SUBJECT = "subject", _("subject of a mail")
    FILE_NAME = "file-name", _("file name")
    HASH = "hash", _("hash of a file")
    CERTIFICATE = "certificate", _("certificate")
    FINGERPRINT = "fingerprint", _("fingerprint of traffic")
    REGISTRY_KEY = "registry-key", _("registry key")
    MUTEX = "mutex", _("mutex")
    ACCOUNT = "account", _("account")
    WALLET = "wallet", _("wallet")
    USER_AGENT = "user-agent", _("user agent")
    RULE = "rule", _("detection rule")
    PATTERN = "pattern", _("pattern")
    OTHER = "other", _("other")


class ItemState(models.TextChoices):
    """How far an item is."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in-review", _("waits for a second person")
    PUBLISHED = "published", _("published")
    RETRACTED = "retracted", _("retracted")
    DROPPED = "dropped", _("dropped before it was published")


class CircleState(models.TextChoices):
    """Whether a circle works."""

    PREPARED = "prepared", _("being prepared")
    OPEN = "open", _("open")
    ENDED = "ended", _("ended")


class CircleBasis(models.TextChoices):
    """On what ground a circle may share."""

    AGREEMENT = "agreement", _("agreement")
    COVENANT = "covenant", _("covenant")


class Occasion(models.TextChoices):
    """What somebody is told about an item."""

    NEW = "new", _("new")
    UPDATE = "update", _("updated")
    RETRACTION = "retraction", _("retracted")
    WITHDRAWAL = "withdrawal", _("withdrawn for this recipient")


class Outcome(models.TextChoices):
    """What a recipient did with an item."""

    DONE = "done", _("done")
    NOT_FOR_US = "not-for-us", _("not for us")


class SourceKind(models.TextChoices):
    """How items come from a source."""

    HAND = "hand", _("brought by hand")
    DOOR = "door", _("mail to an address of ours")
    MAILBOX = "mailbox", _("mailbox in a folder")
    IMAP = "imap", _("mailbox on a server (IMAP)")
    FEED = "feed", _("news feed (RSS, Atom)")
    CSAF = "csaf", _("CSAF provider")
    MISP = "misp", _("MISP feed")
    TAXII = "taxii", _("TAXII collection")


class HeldState(models.TextChoices):
    """What became of content that could not become an item at once."""

    WAITING = "waiting", _("waits for a person")
    READ = "read", _("read after all")
    DROPPED = "dropped", _("dropped")


class CircleTask(models.TextChoices):
    """The tasks that meet in a closed cooperation; what is for one of them needs a ground to be used for another."""

    DETECTION = "detection", _("detection")
    INTELLIGENCE = "intelligence", _("intelligence")
    RESILIENCE = "resilience", _("resilience")


class ReleaseState(models.TextChoices):
    """How far the release of something out of a circle is."""

    ASKED = "asked", _("waits for a moderator")
    RELEASED = "released", _("released")
    REFUSED = "refused", _("refused")


class FeedbackKind(models.TextChoices):
    """What a reader gives back to the source."""

    USEFUL = "useful", _("useful")
    SEEN = "seen", _("seen here")
    APPLIED = "applied", _("applied")
    FALSE = "false", _("not right")


class ShownAs(models.TextChoices):
    """As whom its giver lets the source know feedback."""

    NAMED = "named", _("with our name")
    SECTOR = "sector", _("with our sector only")
    ANONYMOUS = "anonymous", _("without our name")
