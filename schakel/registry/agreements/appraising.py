"""Judging on the one list of conditions: who applies, and whose agreement is to go on (build plan, section 3.5)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import Invalid
from schakel.policy.access import Actor
from schakel.registry.criteria import criteria
from schakel.registry.models import Agreement, Application, Appraisal, Partner, Verdict
from schakel.registry.partners.words_given import text

Verdicts = Mapping[str, tuple[str, str]]
"""Per condition a verdict and words."""


def judge(on: Application | Agreement, verdicts: Verdicts, *, by: Actor, at: datetime) -> None:
    """Write the verdicts down, in the caller's transaction; a condition can be judged again.

    Raises Invalid for what is not on the list, or for a verdict that is not plainly good and has no words.
    """
    application, agreement = (on, None) if isinstance(on, Application) else (None, on)
    for slug, (verdict, words) in verdicts.items():
        if slug not in {one.slug for one in criteria()} or verdict not in Verdict.values:
            raise Invalid(_("choose a verdict for each condition."))
        if verdict != Verdict.MET and not text(words):
            raise Invalid(_("say why a condition is not met, or only partly."))
        Appraisal.objects.update_or_create(
            application=application,
            agreement=agreement,
            criterion=slug,
            defaults={"verdict": verdict, "words": text(words), "at": at, "by": by.name},
        )


def check_all_judged(slugs: Iterable[str]) -> None:
    """Raise Invalid where a condition of the list was not judged."""
    if {one.slug for one in criteria()} - set(slugs):
        raise Invalid(_("judge every condition first: trust, reciprocity and maturity."))


def last_of(partner: Partner) -> dict[str, Appraisal]:
    """The last judgement of each condition: of a partner's agreements, else of its application. One query."""
    rows = Appraisal.objects.filter(Q(agreement__partner=partner) | Q(application__partner=partner))
    return {one.criterion: one for one in rows.order_by("at", "pk")}
