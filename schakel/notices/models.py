"""What stays of observations and what is told of them: findings, campaigns, routes, notices, responses."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from schakel.intake.models import TLP_CHOICES, Report, Series
from schakel.kit.states import Moves
from schakel.policy import sharing
from schakel.policy.access import Actor, Permission
from schakel.post.models import Delivery
from schakel.registry.models import Contact, Language, Organisation, Partner, constituents


class Severity(models.IntegerChoices):
    """How bad, from 0; the words are those of the reports we read."""

    INFO = 0, _("for information")
    LOW = 1, _("low")
    MEDIUM = 2, _("medium")
    HIGH = 3, _("high")
    CRITICAL = 4, _("critical")


class Phase(models.TextChoices):
    """How hot the network is: windows shrink and escalation is quicker as it warms."""

    COLD = "cold", _("cold")
    LUKEWARM = "lukewarm", _("lukewarm")
    WARM = "warm", _("warm")


class FindingState(models.TextChoices):
    """What is known of a finding."""

    OPEN = "open", _("open")
    PROMISED = "promised", _("will be fixed")
    PRESUMED_FIXED = "presumed-fixed", _("no longer seen")
    FIXED = "fixed", _("fixed")
    NOT_OURS = "not-ours", _("not theirs")
    FALSE_ALARM = "false-alarm", _("false alarm")


_S = FindingState
FINDING_MOVES: Moves[FindingState] = {
    _S.OPEN: {_S.PROMISED, _S.PRESUMED_FIXED, _S.FIXED, _S.NOT_OURS, _S.FALSE_ALARM},
    _S.PROMISED: {_S.OPEN, _S.PROMISED, _S.PRESUMED_FIXED, _S.FIXED, _S.NOT_OURS, _S.FALSE_ALARM},
    _S.PRESUMED_FIXED: {_S.OPEN, _S.FIXED, _S.NOT_OURS, _S.FALSE_ALARM},
    _S.FIXED: {_S.OPEN, _S.NOT_OURS, _S.FALSE_ALARM},
    _S.NOT_OURS: {_S.OPEN, _S.FIXED},
    _S.FALSE_ALARM: {_S.OPEN, _S.FIXED},
}
UNSOLVED = (FindingState.OPEN, FindingState.PROMISED)
REOPENING = (
    FindingState.PRESUMED_FIXED,
    FindingState.FIXED,
)  # Seen again, these open again; other answers stand.


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see findings everywhere; for a partner those of its constituency that its label allows."""
        reach = actor.reach(Permission.FINDING_VIEW)
        if reach.is_everything:
            return self.all()
        labels = sharing.visible_labels(sharing.Standing.GUARDIAN)
        return self.filter(organisation__in=constituents(reach.partner_ids), tlp__in=labels)

    def with_last_seen(self) -> Self:
        """Adds `seen_at`: of a complete series, what is not missed was in its latest report."""
        is_steady = Q(missed_count=0, series__is_complete=True)
        return self.annotate(seen_at=Case(When(is_steady, then=F("series__latest_at")), default=F("last_seen_at")))

    def unsolved(self) -> Self:
        """Those that still need something done."""
        return self.filter(state__in=UNSOLVED)


class Finding(models.Model):
    """One organisation, one asset, one kind, one weakness: with first and last sight and a state.

    Rows come by the hundred thousand from a step that has just joined the tables they point at, so their keys carry
    no constraint in the database: each would cost as much as the row itself.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="findings", db_constraint=False, db_index=False
    )
    kind = models.TextField()
    asset = models.TextField()
    weakness = models.TextField(default="", blank=True)
    detail = models.TextField(default="", blank=True)
    severity = models.SmallIntegerField(choices=Severity)
    tlp = models.TextField(choices=TLP_CHOICES)
    state = models.TextField(choices=FindingState, default=FindingState.OPEN)
    series = models.ForeignKey(Series, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    opened_in = models.ForeignKey(Report, models.PROTECT, related_name="opened", db_constraint=False, db_index=False)
    missed_count = models.SmallIntegerField(default=0)
    reopened_count = models.SmallIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    objects = FindingQuerySet.as_manager()

    class Handling:
        """An address may be a person's."""

        keep_days = 730
        personal = {"asset": "scrub", "detail": "scrub"}
        plain = {
            "id", "organisation", "kind", "weakness", "severity", "tlp", "state", "series", "opened_in", "missed_count",
            "reopened_count", "first_seen_at", "last_seen_at", "opened_at", "closed_at", "due_on",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(name="finding_once", fields=["organisation", "kind", "asset", "weakness"]),
            models.CheckConstraint(
                name="finding_closed_at_only_when_closed",
                condition=Q(state__in=UNSOLVED, closed_at=None) | (~Q(state__in=UNSOLVED) & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["series"], name="finding_steady", condition=Q(state__in=UNSOLVED)),
            models.Index(fields=["weakness", "id"], name="finding_weakness", condition=~Q(weakness="")),
            models.Index(fields=["opened_in"], name="finding_opened_in"),
        ]

    def __str__(self) -> str:
        """Kind and asset."""
        return f"{self.kind} {self.asset}"


class AlsoSeen(models.Model):
    """That a second series sees a finding too: it is not gone while any series sees it."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="also_seen")
    series = models.ForeignKey(Series, models.PROTECT, related_name="+")
    missed_count = models.SmallIntegerField(default=0)
    last_seen_at = models.DateTimeField()

    class Handling:
        """No persons."""

        keep_days = 730
        personal: dict[str, str] = {}
        plain = {"id", "finding", "series", "missed_count", "last_seen_at"}

    class Meta:
        constraints = [models.UniqueConstraint(name="also_seen_once", fields=["finding", "series"])]

    def __str__(self) -> str:
        """Finding and series."""
        return f"{self.finding_id} {self.series_id}"


class Change(models.Model):
    """A finding that moved: what it became, and through which report or response. A new finding is its own event."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="changes", db_constraint=False)
    from_state = models.TextField(choices=FindingState)
    to_state = models.TextField(choices=FindingState)
    at = models.DateTimeField()
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)
    response = models.ForeignKey(
        "Response", models.CASCADE, null=True, related_name="changes", db_constraint=False, db_index=False
    )

    class Handling:
        """No persons."""

        keep_days = 730
        personal: dict[str, str] = {}
        plain = {"id", "finding", "from_state", "to_state", "at", "report", "response"}

    def __str__(self) -> str:
        """From and to."""
        return f"{self.finding_id}: {self.from_state} → {self.to_state}"


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see campaigns everywhere; for partners those whose label lets them know."""
        reach = actor.reach(Permission.CAMPAIGN_VIEW)
        if reach.is_everything:
            return self.all()
        labels = sharing.visible_labels(sharing.Standing.GUARDIAN) if reach else frozenset[str]()
        return self.filter(tlp__in=labels)


class Campaign(models.Model):
    """Findings of one weakness or one kind, told and followed together."""

    slug = models.SlugField(unique=True)
    title = models.TextField()
    weakness = models.TextField(default="", blank=True)
    kind = models.TextField(default="", blank=True)
    tlp = models.TextField(choices=TLP_CHOICES)
    phase = models.TextField(choices=Phase, default=Phase.COLD)
    advisory_url = models.URLField(default="", blank=True)
    advisory = models.TextField(default="", blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    objects = CampaignQuerySet.as_manager()

    class Handling:
        """No persons."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {
            "id", "slug", "title", "weakness", "kind", "tlp", "phase", "advisory_url", "advisory", "started_at",
            "ended_at",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="campaign_is_about_something", condition=~Q(weakness="") | ~Q(kind="")),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    def findings(self) -> FindingQuerySet:
        """The findings that it groups."""
        wanted = {name: value for name in ("weakness", "kind") if (value := getattr(self, name))}
        return Finding.objects.filter(**wanted)


class Via(models.TextChoices):
    """By which way an organisation is reached, in the order in which the ways are tried."""

    PREFERENCE = "preference", _("own preference")
    DESIGNATED = "designated", _("CSIRT designated by law")
    GUARDIAN = "guardian", _("guardian partner")
    CONTACT = "contact", _("the organisation itself")
    OPERATOR = "operator", _("network operator")
    UNREACHABLE = "unreachable", _("nobody")
    WITHHELD = "withheld", _("withheld")


class RouteState(models.TextChoices):
    """How far a route is."""

    READY = "ready", _("ready")
    NOTICED = "noticed", _("in a notice")
    ENDED = "ended", _("ended without a notice")


ROUTE_MOVES: Moves[RouteState] = {RouteState.READY: {RouteState.NOTICED, RouteState.ENDED}}


class Occasion(models.TextChoices):
    """Why a route was made."""

    FIRST = "first", _("first notice")
    REMINDER = "reminder", _("reminder")
    ESCALATION = "escalation", _("escalation")


class Route(models.Model):
    """By whom one organisation is told of the findings of one kind that one report opened, and why so.

    `steps` holds each candidate that was tried, in order: {via, name, partner, contact, refusal}.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="routes", db_index=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="routes", db_constraint=False)
    kind = models.TextField()
    round = models.SmallIntegerField(default=0)
    occasion = models.TextField(choices=Occasion, default=Occasion.FIRST)
    via = models.TextField(choices=Via)
    refusal = models.TextField(default="", blank=True)
    steps = models.JSONField(default=list)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    basis = models.TextField(default="", blank=True)
    severity = models.SmallIntegerField(choices=Severity)
    tlp = models.TextField(choices=TLP_CHOICES)
    findings_count = models.IntegerField()
    state = models.TextField(choices=RouteState, default=RouteState.READY)
    notice = models.ForeignKey("Notice", models.PROTECT, null=True, related_name="routes", db_constraint=False)
    made_at = models.DateTimeField()

    class Handling:
        """Who is told by whom."""

        keep_days = 730
        personal: dict[str, str] = {}
        plain = {
            "id", "report", "organisation", "kind", "round", "occasion", "via", "refusal", "steps", "partner",
            "contact", "basis", "severity", "tlp", "findings_count", "state", "notice", "made_at",
        }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(name="route_once", fields=["report", "organisation", "kind", "round"])]
        indexes = [models.Index(fields=["report"], name="route_ready", condition=Q(state="ready"))]

    def __str__(self) -> str:
        """Organisation, kind, way."""
        return f"{self.organisation_id} {self.kind} {self.via}"


class NoticeState(models.TextChoices):
    """How far a notice is."""

    GATHERING = "gathering", _("gathering")
    READY = "ready", _("ready to send")
    SENT = "sent", _("handed to its channel")
    ANSWERED = "answered", _("answered")
    WITHDRAWN = "withdrawn", _("withdrawn")


NOTICE_MOVES: Moves[NoticeState] = {
    NoticeState.GATHERING: {NoticeState.READY, NoticeState.WITHDRAWN},
    NoticeState.READY: {NoticeState.SENT, NoticeState.WITHDRAWN},
    NoticeState.SENT: {NoticeState.ANSWERED},
    NoticeState.ANSWERED: {NoticeState.ANSWERED},
}


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices."""

    def visible_to(self, actor: Actor) -> Self:
        """All for those who see notices everywhere; a partner those that went to itself, by its label."""
        reach = actor.reach(Permission.NOTICE_VIEW)
        if reach.is_everything:
            return self.all()
        labels = sharing.visible_labels(sharing.Standing.GUARDIAN)
        told = NoticeState.SENT, NoticeState.ANSWERED
        return self.filter(partner_id__in=reach.partner_ids, tlp__in=labels, state__in=told)


class Notice(models.Model):
    """What one recipient is told: the findings of one kind in one window, for one or more organisations."""

    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="notices", db_constraint=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="notices", db_constraint=False
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    via = models.TextField(choices=Via)
    kind = models.TextField()
    occasion = models.TextField(choices=Occasion, default=Occasion.FIRST)
    language = models.TextField(choices=Language)
    text_version = models.TextField(default="", blank=True)
    severity = models.SmallIntegerField(choices=Severity)
    tlp = models.TextField(choices=TLP_CHOICES)
    is_bare = models.BooleanField(default=False)  # Details only behind the link: the way is not protected enough.
    findings_count = models.IntegerField(default=0)
    organisations_count = models.IntegerField(default=0)
    state = models.TextField(choices=NoticeState, default=NoticeState.GATHERING)
    made_at = models.DateTimeField()
    window_until = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminders_count = models.SmallIntegerField(default=0)
    link_revoked_at = models.DateTimeField(null=True)
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="notices", db_constraint=False)
    objects = NoticeQuerySet.as_manager()

    class Handling:
        """Says what is wrong at whom; its words live in the delivery."""

        keep_days = 730
        personal: dict[str, str] = {}
        plain = {
            "id", "partner", "organisation", "contact", "via", "kind", "occasion", "language", "text_version",
            "severity", "tlp", "is_bare", "findings_count", "organisations_count", "state", "made_at", "window_until",
            "sent_at", "opened_at", "answered_at", "remind_at", "reminders_count", "link_revoked_at", "delivery",
        }  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_to_exactly_one",
                condition=Q(partner=None, organisation__isnull=False) | Q(partner__isnull=False, organisation=None),
            ),
            models.CheckConstraint(
                name="notice_sent_at_only_when_sent",
                condition=Q(state__in=["sent", "answered"], sent_at__isnull=False)
                | (~Q(state__in=["sent", "answered"]) & Q(sent_at=None)),
            ),
            models.UniqueConstraint(  # One gathering notice per recipient, kind and label: new routes join it.
                name="notice_gathers_once",
                fields=["partner", "organisation", "contact", "via", "kind", "occasion", "tlp"],
                condition=Q(state="gathering"),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["window_until"], condition=Q(state="gathering"), name="notice_gathering"),
            models.Index(fields=["id"], condition=Q(state="ready"), name="notice_ready"),
            models.Index(
                fields=["remind_at"], condition=Q(state="sent", remind_at__isnull=False), name="notice_remind"
            ),
        ]

    def __str__(self) -> str:
        """Kind and number."""
        return f"{self.kind} #{self.pk}"

    def findings(self) -> FindingQuerySet:
        """The findings that it tells of: those its routes' reports opened at its routes' organisations."""
        told = Route.objects.filter(notice=self, organisation=OuterRef("organisation"), report=OuterRef("opened_in"))
        organisations = Route.objects.filter(notice=self).values("organisation")
        return Finding.objects.filter(Exists(told), kind=self.kind, organisation__in=organisations)


class Answer(models.TextChoices):
    """What a recipient can tell back."""

    FIXED = "fixed", _("It is fixed")
    WILL_FIX = "will-fix", _("We will fix it by a date")
    NOT_OURS = "not-ours", _("This is not ours")
    FALSE_ALARM = "false-alarm", _("This is a false alarm")
    NEED_HELP = "need-help", _("We need help")


ANSWER_MOVES: dict[Answer, FindingState] = {
    Answer.FIXED: FindingState.FIXED,
    Answer.WILL_FIX: FindingState.PROMISED,
    Answer.NOT_OURS: FindingState.NOT_OURS,
    Answer.FALSE_ALARM: FindingState.FALSE_ALARM,
}  # Needing help moves no finding: it asks for a person.


class Response(models.Model):
    """What came back on a notice, once per answer given."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="responses")
    answer = models.TextField(choices=Answer)
    due_on = models.DateField(null=True)
    words = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    given_by = models.TextField()  # "link", or the actor's name.
    findings_count = models.IntegerField(default=0)
    handled_at = models.DateTimeField(null=True)

    class Handling:
        """Free words may name people."""

        keep_days = 730
        personal = {"words": "scrub", "given_by": "scrub"}
        plain = {"id", "notice", "answer", "due_on", "at", "findings_count", "handled_at"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="response_due_on_only_with_a_promise",
                condition=Q(answer="will-fix", due_on__isnull=False) | (~Q(answer="will-fix") & Q(due_on=None)),
            ),
        ]

    def __str__(self) -> str:
        """Answer and notice."""
        return f"{self.answer} #{self.notice_id}"


class NetworkPhase(models.Model):
    """The phase that the network is in, and since when; the latest row holds."""

    phase = models.TextField(choices=Phase)
    from_at = models.DateTimeField()
    reason = models.TextField(default="", blank=True)

    class Handling:
        """No persons."""

        keep_days = 3650
        personal: dict[str, str] = {}
        plain = {"id", "phase", "from_at", "reason"}

    def __str__(self) -> str:
        """Its phase."""
        return self.phase


def phase_at(at: datetime) -> Phase:
    """The network's phase at that moment; cold where nobody said otherwise."""
    latest = NetworkPhase.objects.filter(from_at__lte=at).order_by("-from_at").values_list("phase", flat=True).first()
    return Phase(latest or Phase.COLD)
