"""What a coordinator does with a measurement, each act a page: begin, describe, close, run on, publish, take back."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.policy.access import Permission
from schakel.registry.measurements import rounds as acts
from schakel.registry.models import Measurement
from schakel.registry.models.measurement import FIRST_YEAR
from schakel.registry.partners.words_given import LINE_LIMIT, TEXT_LIMIT
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.flows import Step, form_page, given, run
from schakel.web.middleware import Request


class BeginForm(forms.Form):
    """Which year, and where is looked."""

    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        help_text=gettext_lazy("In even years a limited measurement looks at the gaps; in odd years it is full."),
    )
    regions = forms.MultipleChoiceField(
        label=gettext_lazy("Regions at which this round looks"),
        choices=labels.regions,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Where nobody looks, what is not found counts as unknown and not as nought."),
    )


class DescribeForm(forms.Form):
    """How it was held, and where was looked."""

    words = forms.CharField(
        label=gettext_lazy("How was this measurement held?"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Everybody can read this once the overview is published."),
    )
    regions = BeginForm.base_fields["regions"]


class CloseForm(forms.Form):
    """Of which day."""

    measured_on = forms.DateField(
        label=gettext_lazy("Day that is measured"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("A day gone by is told with what is known of it now."),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=LINE_LIMIT)


@form_page
@needs(Permission.MEASUREMENT_MANAGE)
def begin(request: Request) -> HttpResponse:
    """Begin a measurement."""
    here, today = reverse("measurements"), timezone.localdate()
    step = Step(title=_("Begin a measurement"), button=_("Begin"), done=_("The measurement runs."), to=here,
                up=((_("Measurements"), here),))  # fmt: skip
    initial = {"year": today.year, "regions": acts.european_regions()}
    form = BeginForm(given(request), initial=initial)
    form.fields["year"].widget.attrs |= {"min": FIRST_YEAR, "max": today.year}
    return run(request, step, form, lambda said: acts.begin(by=request.actor, at=timezone.now(), **said))


@form_page
@needs(Permission.MEASUREMENT_MANAGE)
def describe(request: Request, year: int) -> HttpResponse:
    """Say how it was held."""
    act = _act(request, year)
    step = _step(year, title=_("Describe the measurement"), button=_("Save"), done=_("Saved."))
    initial = {"words": act["measurement"].words, "regions": act["measurement"].regions}
    return run(request, step, DescribeForm(given(request), initial=initial), lambda said: acts.describe(**act, **said))


@form_page
@needs(Permission.MEASUREMENT_MANAGE)
def close(request: Request, year: int) -> HttpResponse:
    """Keep what the register holds."""
    act = _act(request, year)
    step = _step(
        year,
        title=_("Close the measurement"),
        button=_("Close"),
        done=_("The measurement is closed."),
        intro=_("The register is kept as it stood on one day: every partner and prospect, and what they count up to."),
    )
    form = CloseForm(given(request), initial={"measured_on": acts.usual_day(act["measurement"], act["at"])})
    return run(request, step, form, lambda said: acts.close(**act, **said))


@form_page
@needs(Permission.MEASUREMENT_MANAGE)
def reopen(request: Request, year: int) -> HttpResponse:
    """Let it run on."""
    act = _act(request, year)
    step = _step(
        year,
        title=_("Let the measurement run on"),
        button=_("Run on"),
        done=_("The measurement runs."),
        intro=_("What this measurement kept is thrown away and counted anew when you close it again."),
        is_grave=True,
    )
    return run(request, step, ReasonForm(given(request)), lambda said: acts.reopen(**act, **said))


@form_page
@needs(Permission.MEASUREMENT_MANAGE)
def publish(request: Request, year: int) -> HttpResponse:
    """Let everybody read it."""
    act = _act(request, year)
    step = _step(
        year,
        title=_("Publish the overview"),
        button=_("Publish"),
        done=_("The overview is public."),
        intro=_(
            "Everybody can then read the counts of this measurement, how it was held, and the partners that chose to be"
            " shown. No prospect is named."
        ),
        is_grave=True,
    )
    return run(request, step, forms.Form(given(request)), lambda _said: acts.publish(**act))


@form_page
@needs(Permission.MEASUREMENT_MANAGE)
def withdraw(request: Request, year: int) -> HttpResponse:
    """Take the published overview back."""
    act = _act(request, year)
    step = _step(
        year,
        title=_("Take the overview back"),
        button=_("Take back"),
        done=_("The overview is not public any more."),
    )
    return run(request, step, ReasonForm(given(request)), lambda said: acts.withdraw(**act, **said))


def _act(request: Request, year: int) -> dict[str, Any]:
    """On which measurement, by whom and when."""
    measurement = get_object_or_404(Measurement.objects.visible_to(request.actor), year=year)
    return {"measurement": measurement, "by": request.actor, "at": timezone.now()}


def _step(year: int, **words: Any) -> Step:
    here = reverse("measurement", args=[year])
    return Step(to=here, up=((_("Measurements"), reverse("measurements")), (str(year), here)), **words)
