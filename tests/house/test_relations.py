"""Whatever names a partner or an organisation goes along when that becomes part of another, or says why it stays."""

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from schakel.jobs.registry import BY_THEIR_OWN_STEP, above
from schakel.kit.following import labels_to
from schakel.registry.models import Organisation, Partner
from schakel.registry.successions.merging import STAYING, own_models

HISTORY = {
    "journal.event.facts": "the journal tells what happened, to whom it happened",
    "notices.route.steps": "the candidates that were tried, by the name that they had then",
    "oversight.advice.question": "asked with the keys of that day; asked again, it is asked anew",
    "oversight.advice.answer": "worked out with the keys of that day",
    "sharing.itemversion.terms": "addressed by the numbers of that day; who became part of another is read along with it",
    "sharing.release.told": "addressed by the numbers of that day; who became part of another is read along with it",
    "registry.merger.before": "what was said before, so that it can be taken back",
    "registry.merger.moved": "what followed, so that it can go back",
    "registry.merger.absorbed": "what was taken away, so that it can come back",
}
PLAIN_JSON = {
    "intake.report.figures", "notices.rematch.counts", "oversight.coverageshare.alone", "oversight.coverageshare.parts",
    "oversight.coverageshare.paper", "oversight.coverageshare.steps", "oversight.coveragetable.cells",
    "post.content.payload", "post.delivery.headers", "post.delivery.payload", "registry.application.answers",
    "registry.claim.evidence", "registry.upload.faults", "registry.upload.figures", "registry.upload.rows",
    "sharing.circleentry.told", "sharing.circlephase.told", "sharing.jointaction.told", "sharing.taskuse.told",
    "sharing.itemversion.document", "sharing.newsletter.item_ids", "sharing.shareditem.iep", "sharing.telling.counts",
    "sharing.itemsource.position",
    "sharing.submission.kept", "sharing.submission.refused",
}  # fmt: skip
"""Values that are open in shape and name neither partner nor organisation of ours by key."""


def our_models():
    return [one for one in apps.get_models(include_auto_created=True) if one.__module__.startswith("schakel.")]


def relations():
    """Each foreign key to a partner or an organisation, those behind many-to-many relations too."""
    return sorted(label for body in (Partner, Organisation) for label in labels_to(body, our_models()))


def unaccounted(label, *, followed, staying):
    """What is wrong with how a relation is treated."""
    if label in followed and label in staying:
        return f"{label} follows, and is said to stay"
    if label not in followed and not staying.get(label, ""):
        return f"{label} neither follows nor says why it stays"
    return ""


def followed():
    """What follows at once, by the job, or by a step of its own."""
    at_once = {label for body in (Partner, Organisation) for label in labels_to(body, own_models())} - set(STAYING)
    by_job = {label for body in (Partner, Organisation) for label in labels_to(body, above())}
    return at_once | by_job | set(BY_THEIR_OWN_STEP)


@pytest.mark.parametrize("label", relations())
def test_every_relation_follows_or_stays_for_a_reason(label):
    assert unaccounted(label, followed=followed(), staying=STAYING) == ""


def test_what_stays_is_there():
    assert set(STAYING) | BY_THEIR_OWN_STEP <= set(relations())


def open_values():
    """Columns that could name a partner without a foreign key: JSON, and lists of numbers."""
    for model in our_models():
        for field in model._meta.local_fields:
            is_list = isinstance(field, ArrayField) and isinstance(field.base_field, models.IntegerField)
            if isinstance(field, models.JSONField) or is_list:
                yield f"{model._meta.label_lower}.{field.name}"


def test_every_open_value_was_looked_at():
    assert set(open_values()) == set(HISTORY) | PLAIN_JSON


def test_samples_of_relations():
    assert unaccounted("a.b.c", followed={"a.b.c"}, staying={}) == ""
    assert unaccounted("a.b.c", followed=set(), staying={"a.b.c": "it is history"}) == ""
    assert "neither" in unaccounted("a.b.c", followed=set(), staying={})
    assert "neither" in unaccounted("a.b.c", followed=set(), staying={"a.b.c": ""})
    assert "said to stay" in unaccounted("a.b.c", followed={"a.b.c"}, staying={"a.b.c": "it is history"})
