"""Handing in a baseline, or whom prospects reach: good rows are kept, bad ones shown with place and reason."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schakel.policy.access import Permission
from schakel.registry import actions
from schakel.registry.actions import Unreadable
from schakel.registry.load import Tally
from schakel.web.entrance import needs
from schakel.web.flows import form_page
from schakel.web.middleware import Request
from schakel.web.partners import file_words

LARGEST_BYTES = 20 << 20
"""What a page takes in while somebody waits; more goes by the shell."""
ROWS_SHOWN = 200
KINDS = (
    ("baseline", gettext_lazy("who could become a partner")),
    ("estimates", gettext_lazy("whom they reach, as counts")),
    ("constituencies", gettext_lazy("whom they reach, as a list")),
)


class FileForm(forms.Form):
    """What it holds, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("What does the file hold?"), choices=KINDS, widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, XLSX or Parquet, at most 20 MB. The same file again changes nothing."),
    )

    def clean_file(self) -> "UploadedFile[Any]":
        """Not more than a page can take in."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_BYTES:
            raise forms.ValidationError(_("This file is larger than 20 MB; import it in the shell."))
        return file


@form_page
@needs(Permission.REGISTRY_IMPORT)
def new(request: Request) -> HttpResponse:
    """Hand in a file, and see at once what came of it."""
    form = FileForm(request.POST or None, request.FILES or None, initial={"kind": "baseline"})
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"]
        try:
            context |= _came_of(_take_in(request, form.cleaned_data["file"], kind), kind)
        except Unreadable as refused:
            form.add_error("file", file_words.of_refusal(refused))
    return render(request, "measurements/import.html", context, status=400 if form.errors else 200)


def _take_in(request: Request, file: "UploadedFile[Any]", kind: str) -> Tally:
    """Import the file under its own name."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / (Path(file.name or "").name or kind)
        with path.open("wb") as copy:
            copy.writelines(file.chunks())
        return actions.import_file(path=path, kind=kind, by=request.actor, at=timezone.now())


def _came_of(tally: Tally, kind: str) -> dict[str, Any]:
    """The counts, and the first bad rows with their place, value and reason."""
    rows = tally.first_bad.head(ROWS_SHOWN).to_dicts()
    return {
        "tally": tally,
        "bad_rows": [(row, file_words.of_row(kind, row["reason"], row["column"])) for row in rows],
        "more": max(tally.bad - ROWS_SHOWN, 0),
    }
