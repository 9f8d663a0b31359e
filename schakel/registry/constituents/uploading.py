"""Many claims, contacts or wishes at once: a table is read and shown first, and counts when somebody says yes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, Refused, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.claims import actions as claims
from schakel.registry.claims import values
from schakel.registry.constituents import contacts, enrolling
from schakel.registry.files import FileRefused, forms, lists, read_table, unpacks
from schakel.registry.files.tables import LANGUAGE, Column, Table, asset_value, contact_address, ends_after
from schakel.registry.models import Organisation, Partner, Proof, Upload, UploadKind

MOST_ROWS = 5000
MOST_BYTES = 1 << 30
KEY = forms.text(100)
PROOFS = tuple(Proof.values)
TABLES: Mapping[str, Table] = {
    UploadKind.CLAIMS: Table(
        columns=(
            Column("organisation", KEY),
            Column("kind", forms.choice(lists.ASSET_KINDS), is_required=True),
            Column("value", forms.text(1000), is_required=True),
            Column("proof", forms.choice(PROOFS)),
        ),
        identity=("organisation", "kind", "value"),
        between=lambda: {"value": asset_value()},
    ),
    UploadKind.CONTACTS: Table(
        columns=(
            Column("organisation", KEY),
            Column("role", forms.choice(lists.CONTACT_ROLES), is_required=True),
            Column("address", forms.text(2000), is_required=True),
            Column("channel", forms.choice(lists.CHANNELS, "mail")),
            Column("language", LANGUAGE),
        ),
        identity=("organisation", "role", "channel", "address"),
        between=lambda: {"address": contact_address()},
    ),
    UploadKind.WISHES: Table(
        columns=(
            Column("name", forms.text(250)),
            Column("kvk", forms.KVK),
            Column("relation", forms.choice(lists.RELATIONS, "member")),
            Column("from", forms.DAY),
            Column("until", forms.DAY),
        ),
        identity=("name", "kvk", "relation"),
        between=lambda: {"until": ends_after("from", "until")},
    ),
}
COLUMNS = {kind: ", ".join(column.name for column in table.columns) for kind, table in TABLES.items()}
FAULTS: dict[str, Promise] = {
    **values.FAULTS,
    "required": _("this cell must not be empty."),
    "unknown-value": _("this word is not in the list of the column: %(options)s."),
    "mail-form": _("this is not an e-mail address."),
    "webhook-form": _("a webhook is an https address."),
    "kvk-form": _("a KVK number has eight digits."),
    "day": _("write a day as year-month-day."),
    "span": _("the last day must come after the first."),
    "duplicate": _("the same row stands earlier in this file; that one counts."),
    "column-count": _("the row has another number of cells than the header."),
    "quoting": _("a quotation mark is opened or closed in the wrong place."),
}
Holder = Partner | Organisation


@transaction.atomic
def read(*, path: Path, name: str, kind: str, holder: Holder, by: Actor, at: datetime) -> Upload:
    """Read a table for a look at it: nothing of it counts yet.

    A partner's table of claims or contacts names the organisation of each row by its key; one that the actor does not
    answer for looks like one that is not there. Raises NotPermitted, and Invalid for a file that cannot be read, is
    empty or has more than MOST_ROWS rows.
    """
    permit(_may(holder, kind, by))
    if kind not in TABLES or (kind == UploadKind.WISHES and not isinstance(holder, Partner)):
        raise Invalid(_("choose what the table holds."))
    rows, faults = _read(path, TABLES[kind])
    if len(rows) + len(faults) > MOST_ROWS:
        raise Invalid(_("the table has more than 5,000 rows; split it."))
    if not rows and not faults:
        raise Invalid(_("the table has no rows."))
    good, more = _judged(rows, kind, holder, by)
    whose = {"partner": holder} if isinstance(holder, Partner) else {"organisation": holder}
    faults = sorted([*faults, *more], key=lambda fault: int(fault["line"]))
    made = {"made_at": at, "made_by": by.name, "rows": good, "faults": faults}
    upload = Upload.objects.create(kind=kind, file_name=name[:200], **whose, **made)
    record("registry.upload.read", by=by, at=at, on=upload, kind=kind, good=len(good), bad=len(faults))
    return upload


@transaction.atomic
def confirm(*, upload: Upload, by: Actor, at: datetime) -> dict[str, int]:
    """Let the good rows of a table count, once. Returns how many were taken and how many refused meanwhile.

    Raises NotPermitted, WrongState where it was confirmed before.
    """
    permit(Upload.objects.visible_to(by).filter(pk=upload.pk).exists())
    if not Upload.objects.filter(pk=upload.pk, confirmed_at=None).update(confirmed_at=at):
        raise WrongState
    holder = upload.partner or upload.organisation
    permit(holder is not None and _may(holder, upload.kind, by))
    figures = {"taken": 0, "refused": 0}
    organisations = _organisations([row.get("organisation") for row in upload.rows], by)
    for row in upload.rows:
        figures["taken" if _taken(row, upload, organisations, by=by, at=at) else "refused"] += 1
    Upload.objects.filter(pk=upload.pk).update(figures=figures, rows=[])
    upload.figures = figures
    record("registry.upload.confirmed", by=by, at=at, on=upload, **figures)
    return figures


def _read(path: Path, table: Table) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    faults: list[dict[str, Any]] = []
    if unpacks(path):
        raise Invalid(_("hand in the table as CSV or XLSX."))
    try:
        for checked in read_table(path, "", table=table, most_bytes=MOST_BYTES):
            rows += checked.good.to_dicts()
            faults += checked.bad.select("line", "column", "value", "reason").to_dicts()
            if len(rows) + len(faults) > MOST_ROWS:
                break
    except FileRefused as refused:
        raise Invalid(refused.words) from refused
    return rows, faults


def _judged(
    rows: list[dict[str, Any]], kind: str, holder: Holder, by: Actor
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the file alone does not tell: whose it is, what nobody can claim, and how it can be proven."""
    known = _organisations([row.get("organisation") for row in rows], by)
    good: list[dict[str, Any]] = []
    faults: list[dict[str, Any]] = []
    for row in rows:
        fault = _fault(row, kind, holder, known)
        if fault:
            faults.append({"line": row["line"], **fault})
        else:
            good.append({name: str(value) if isinstance(value, date) else value for name, value in row.items()})
    return good, faults


def _fault(row: dict[str, Any], kind: str, holder: Holder, known: Mapping[str, Organisation]) -> dict[str, str] | None:
    if kind == UploadKind.WISHES:
        return None if row["name"] or row["kvk"] else {"column": "name", "value": "", "reason": "required"}
    key = row["organisation"]
    if isinstance(holder, Organisation) and key not in {None, holder.key}:
        return {"column": "organisation", "value": key, "reason": "not-yours"}
    if isinstance(holder, Partner) and key is None and kind == UploadKind.CLAIMS:
        return {"column": "organisation", "value": "", "reason": "required"}
    if isinstance(holder, Partner) and key is not None and key not in known:
        return {"column": "organisation", "value": key, "reason": "not-yours"}
    if kind == UploadKind.CLAIMS:
        return _claim_fault(row)
    return None


def _claim_fault(row: dict[str, Any]) -> dict[str, str] | None:
    try:
        row["value"] = values.normal(row["kind"], row["value"])
    except Invalid as refused:
        return {"column": "value", "value": row["value"], "reason": "words", "words": str(refused)}
    fitting = values.proofs(row["kind"], row["value"])
    row["proof"] = row["proof"] or fitting[0].value
    if row["proof"] not in fitting:
        return {"column": "proof", "value": row["proof"], "reason": "no-fit"}
    return None


def _taken(
    row: Mapping[str, Any], upload: Upload, organisations: Mapping[str, Organisation], *, by: Actor, at: datetime
) -> bool:
    """Let one row count; what has become impossible since the look leaves nothing half done."""
    acts: dict[str, Callable[[], object]] = {
        UploadKind.CLAIMS: lambda: _claim(row, upload, organisations, by, at),
        UploadKind.CONTACTS: lambda: _contact(row, upload, organisations, by, at),
        UploadKind.WISHES: lambda: _wish(row, upload, by, at),
    }
    try:
        with transaction.atomic():
            acts[upload.kind]()
    except Refused:
        return False
    return True


def _claim(
    row: Mapping[str, Any], upload: Upload, organisations: Mapping[str, Organisation], by: Actor, at: datetime
) -> None:
    organisation = upload.organisation or organisations.get(row["organisation"])
    if organisation is None:
        raise Invalid
    given = {name: row[name] for name in ("kind", "value", "proof")}
    claims.make(organisation=organisation, by=by, at=at, **given)


def _contact(
    row: Mapping[str, Any], upload: Upload, organisations: Mapping[str, Organisation], by: Actor, at: datetime
) -> None:
    key = row["organisation"]
    holder = upload.organisation or (organisations.get(key) if key else upload.partner)
    if holder is None:
        raise Invalid
    given = {name: row[name] for name in ("role", "address", "channel", "language")}
    contacts.add(holder=holder, by=by, at=at, **given)


def _wish(row: Mapping[str, Any], upload: Upload, by: Actor, at: datetime) -> None:
    if upload.partner is None:
        raise Invalid
    span = {f"{name}_on": date.fromisoformat(row[name]) if row[name] else None for name in ("from", "until")}
    given = {"named": row["name"] or "", "kvk": row["kvk"] or "", "relation": row["relation"], **span}
    enrolling.ask(partner=upload.partner, by=by, at=at, **given)


def _organisations(keys: list[str | None], by: Actor) -> dict[str, Organisation]:
    wanted = {key for key in keys if key}
    return {one.key: one for one in Organisation.objects.of(by, Permission.CLAIM_MAKE).filter(key__in=wanted)}


def _may(holder: Holder, kind: str, by: Actor) -> bool:
    needed = {UploadKind.CONTACTS: Permission.CONTACT_EDIT, UploadKind.WISHES: Permission.CONSTITUENCY_EDIT}
    known = UploadKind(kind) if kind in UploadKind.values else UploadKind.CLAIMS
    permission = needed.get(known, Permission.CLAIM_MAKE)
    return type(holder).objects.of(by, permission).filter(pk=holder.pk).exists()
