"""Many rows at once: a table is handed in, looked at with its faults, and confirmed."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.kit.refusals import Invalid
from schakel.policy.access import Permission
from schakel.registry.constituents import uploading
from schakel.registry.models import Organisation, Partner, Upload, UploadKind
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.middleware import Request
from schakel.web.partners import file_words
from schakel.web.self_service.organisations import done, frame, organisation_of

SHOWN = 100
LARGEST = 5 * 1024 * 1024
WORDS = {
    **uploading.FAULTS,
    "not-yours": gettext_lazy("no organisation of yours has this key."),
    "no-fit": gettext_lazy("this cannot be proven in that way."),
}


class UploadForm(forms.Form):
    """What the table holds, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("What does the table hold?"), choices=UploadKind.choices)
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("CSV or XLSX, at most 5,000 rows."))

    def clean_file(self) -> "UploadedFile[Any]":
        """Nothing larger than a table of that many rows can be."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("This file is larger than 5 MB; split it."))
        return file


@form_page
@needs(Permission.CONSTITUENCY_EDIT)
def of_organisation(request: Request, organisation_id: int) -> HttpResponse:
    """Hand in a table for one organisation."""
    organisation = organisation_of(request, organisation_id)
    shown = {**frame(request, organisation, ""), "base": "organisations/frame.html"}
    return _hand_in(request, organisation, shown, kinds=(UploadKind.CLAIMS, UploadKind.CONTACTS))


@form_page
@needs(Permission.CONSTITUENCY_EDIT)
def of_partner(request: Request, partner_id: int) -> HttpResponse:
    """Hand in a table for a constituency."""
    partner = get_object_or_404(Partner.objects.of(request.actor, Permission.CONSTITUENCY_EDIT), pk=partner_id)
    return _hand_in(request, partner, {"partner": partner, "base": "uploads/of_partner.html"}, kinds=tuple(UploadKind))


@form_page
@needs(Permission.CONSTITUENCY_EDIT)
def show(request: Request, upload_id: int) -> HttpResponse:
    """What was read, line by line what is wrong, and the button that lets the rest count."""
    upload = get_object_or_404(Upload.objects.visible_to(request.actor), pk=upload_id)
    if request.method == "POST":
        given: dict[str, Any] = {"upload": upload, "by": request.actor, "at": timezone.now()}
        words, here = _("The good rows count now."), reverse("upload", args=[upload.pk])
        return done(request, lambda: uploading.confirm(**given), words, here)
    faults = [{**one, "words": _why(one, upload.kind)} for one in upload.faults]
    shown = [[(name, value) for name, value in row.items() if value is not None] for row in upload.rows[:SHOWN]]
    context = {
        "upload": upload,
        "rows": shown,
        "rows_count": len(upload.rows),
        "faults": faults[:SHOWN],
        "faults_count": len(faults),
        "most": SHOWN,
        "back_url": _address(upload),
    }
    return render(request, "uploads/show.html", context)


def _why(fault: Mapping[str, str], kind: str) -> str:
    """What is wrong with a row, in the language of the page; of a list of words, which it knows."""
    if "words" in fault:
        return fault["words"]
    columns = {column.name: column.form.options for column in uploading.TABLES[kind].columns}
    return str(WORDS[fault["reason"]]) % {"options": ", ".join(columns.get(fault["column"], ()))}


def _hand_in(
    request: Request, holder: Organisation | Partner, shown: dict[str, Any], *, kinds: tuple[UploadKind, ...]
) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    form.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            upload = _read(request, holder, form.cleaned_data["kind"], form.cleaned_data["file"])
        except Invalid as refused:
            form.add_error("file", file_words.of_refusal(refused))
        else:
            return redirect("upload", upload.pk)
    context = {**shown, "form": form, "columns": [(kind.label, uploading.COLUMNS[kind]) for kind in kinds]}
    return render(request, "uploads/new.html", context, status=400 if form.errors else 200)


def _read(request: Request, holder: Organisation | Partner, kind: str, file: "UploadedFile[Any]") -> Upload:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        with path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
        given: dict[str, Any] = {"kind": kind, "holder": holder, "by": request.actor, "at": timezone.now()}
        return uploading.read(path=path, name=file.name or "", **given)


def _address(upload: Upload) -> str:
    if upload.organisation_id:
        return reverse("organisation", args=[upload.organisation_id])
    return reverse("partner_constituency", args=[upload.partner_id])
