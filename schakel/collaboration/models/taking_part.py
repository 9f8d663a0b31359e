"""Who takes part in an initiative, when they met, and which partners work on which use case."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from schakel.collaboration.models.initiative import Initiative
from schakel.collaboration.models.words import LessonState, ParticipantRole
from schakel.registry.models import Partner


def still_there(on: date) -> Q:
    """Rows whose span holds that day."""
    return (Q(from_on=None) | Q(from_on__lte=on)) & (Q(until_on=None) | Q(until_on__gt=on))


class Participant(models.Model):
    """One partner or outside body in one initiative, for a time."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="participants")
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="participations")
    name = models.TextField(default="", blank=True)  # A body outside the network.
    role = models.TextField(choices=ParticipantRole, default=ParticipantRole.MEMBER)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Handling:
        """Bodies, not persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "initiative", "partner", "name", "role", "from_on", "until_on"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="participant_is_exactly_one",
                condition=Q(partner__isnull=False, name="") | (Q(partner=None) & ~Q(name="")),
            ),
            models.CheckConstraint(
                name="participant_span_runs_forward",
                condition=Q(from_on=None) | Q(until_on=None) | Q(from_on__lte=F("until_on")),
            ),
            models.UniqueConstraint(
                name="participant_once_at_a_time",
                fields=["initiative", "partner", "name"],
                condition=Q(until_on=None),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        """Initiative and participant."""
        return f"{self.initiative_id}: {self.partner_id or self.name}"


class Meeting(models.Model):
    """One time that those who take part in an initiative met."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="meetings")
    on = models.DateField()
    subject = models.TextField()
    outcome = models.TextField(default="", blank=True)
    attended_count = models.IntegerField(null=True)

    class Handling:
        """What was said may name people."""

        keep_days = 1825
        personal = {"outcome": "scrub"}
        plain = {"id", "initiative", "on", "subject", "attended_count"}

    class Meta:
        constraints = [
            models.CheckConstraint(name="meeting_attended_by_some", condition=Q(attended_count__gte=0)),
        ]

    def __str__(self) -> str:
        """Day and subject."""
        return f"{self.on} {self.subject}"


class UseCase(models.Model):
    """Something that an initiative does, on which partners can work."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="use_cases")
    name = models.TextField()
    name_en = models.TextField(default="", blank=True)
    about = models.TextField(default="", blank=True)

    class Handling:
        """No persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "initiative", "name", "name_en", "about"}

    class Meta:
        constraints = [models.UniqueConstraint(name="use_case_once", fields=["initiative", "name"])]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class UseCaseLink(models.Model):
    """One partner that works on one use case, for a time."""

    use_case = models.ForeignKey(UseCase, models.CASCADE, related_name="links")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="use_case_links")
    part = models.TextField(default="", blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)

    class Handling:
        """Bodies, not persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "use_case", "partner", "part", "from_on", "until_on"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="use_case_link_span_runs_forward",
                condition=Q(until_on=None) | Q(from_on__lte=F("until_on")),
            ),
            models.UniqueConstraint(
                name="use_case_link_once_at_a_time", fields=["use_case", "partner"], condition=Q(until_on=None)
            ),
        ]

    def __str__(self) -> str:
        """Use case and partner."""
        return f"{self.use_case_id}: {self.partner_id}"


class LessonAnswer(models.Model):
    """Whether an initiative does what one lesson of earlier cooperation says."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="lesson_answers")
    lesson = models.SlugField()
    state = models.TextField(choices=LessonState)
    words = models.TextField(default="", blank=True)
    answered_on = models.DateField()

    class Handling:
        """No persons."""

        keep_days = 0
        personal: dict[str, str] = {}
        plain = {"id", "initiative", "lesson", "state", "words", "answered_on"}

    class Meta:
        constraints = [models.UniqueConstraint(name="lesson_answer_once", fields=["initiative", "lesson"])]

    def __str__(self) -> str:
        """Lesson and state."""
        return f"{self.lesson}: {self.state}"
