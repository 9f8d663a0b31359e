"""What came back on a notice."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.notices.models.finding import FindingState
from schakel.notices.models.notice import Notice


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
        indexes = [
            models.Index(fields=["id"], name="response_desk", condition=Q(answer="need-help", handled_at=None)),
        ]

    def __str__(self) -> str:
        """Answer and notice."""
        return f"{self.answer} #{self.notice_id}"
