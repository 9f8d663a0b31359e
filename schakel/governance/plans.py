"""What people do with plans: write a new version of a canvas, and keep the flows between functions true."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import count

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from schakel.governance.functions import known
from schakel.governance.models import EVERY, PARTS, Canvas, Dependency, FlowKind
from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Partner

WORDS_LIMIT = 10_000
LINE_LIMIT = 300


class Overtaken(WrongState):
    """Somebody saved a version of the same canvas in the meantime."""

    wording = _("Somebody else saved a newer version while you were writing. Look at it, then save yours again.")


@transaction.atomic
def save_canvas(
    *,
    function: str,
    upon: int,
    parts: Mapping[str, str],
    coordinator: str,
    reason: str,
    by: Actor,
    at: datetime,
    lead: Partner | None = None,
    until_on: date | None = None,
) -> Canvas:
    """Write the next version of a function's canvas; `upon` is the version it was written upon, 0 for the first.

    Raises NotPermitted; Overtaken where there is a newer version than `upon`; Invalid without a reason or a goal,
    without anybody who coordinates, for an unknown part, or where nothing has changed.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    latest = Canvas.objects.filter(function=known(function)).order_by("-version").first()
    if (latest.version if latest else 0) != upon:
        raise Overtaken
    given = {
        **_parts(parts),
        "coordinator": _line(coordinator, _("say who coordinates the function.")),
        "lead": lead,
        "until_on": until_on,
    }
    reason = _line(reason, _("say why the plan changes, so that others can follow it."))
    changed = [name for name, value in given.items() if latest is None or getattr(latest, name) != value]
    if not changed:
        raise Invalid(_("nothing has changed."))
    canvas = _next(function, upon + 1, given, reason=reason, by=by, at=at)
    record("governance.canvas.saved", by=by, at=at, on=canvas, function=function, version=upon + 1, changed=changed)
    return canvas


def _next(function: str, version: int, given: Mapping[str, object], *, reason: str, by: Actor, at: datetime) -> Canvas:
    try:
        with transaction.atomic():
            fields = {"function": function, "version": version, "reason": reason, "made_by": by.name, "made_at": at}
            return Canvas.objects.create(**fields, **given)
    except IntegrityError:  # Two saved at the same moment.
        raise Overtaken from None


def _parts(parts: Mapping[str, str]) -> dict[str, str]:
    if unknown := sorted(set(parts) - set(PARTS)):
        raise Invalid(_("a canvas has no part named %(names)s.") % {"names": ", ".join(unknown)})
    texts = {name: "\n".join(parts.get(name, "").strip().splitlines())[:WORDS_LIMIT] for name in PARTS}
    if not texts["goal"]:
        raise Invalid(_("write down the goal of the function."))
    return texts


def _line(text: str, refusal: object) -> str:
    text = " ".join(text.split())[:LINE_LIMIT]
    if not text:
        raise Invalid(refusal)
    return text


@transaction.atomic
def add_flow(
    *, source: str, target: str, kind: str, meaning_nl: str, basis: str, by: Actor, at: datetime, meaning_en: str = ""
) -> Dependency:
    """Write down that one function gives another something; `basis` says where we have that from.

    Raises NotPermitted, and Invalid for an unknown function or kind, a function that gives to itself, no meaning or
    no basis.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    fields = _flow(source, target, kind, meaning_nl, meaning_en)
    basis = _line(basis, _("say where we know this from."))
    flow = Dependency.objects.create(key=_free_key(), source=basis, checked_on=at.date(), **fields)
    record("governance.dependency.added", by=by, at=at, on=flow, source=source, target=target)
    return flow


@transaction.atomic
def change_flow(
    *,
    flow: Dependency,
    source: str,
    target: str,
    kind: str,
    meaning_nl: str,
    basis: str,
    by: Actor,
    at: datetime,
    meaning_en: str = "",
) -> None:
    """Say something else of a flow.

    Raises NotPermitted, WrongState for one that has ended, and Invalid as for a new one.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    fields = _flow(source, target, kind, meaning_nl, meaning_en)
    fields["source"] = _line(basis, _("say where we know this from."))
    was = {name: getattr(flow, name) for name in fields if getattr(flow, name) != fields[name]}
    if not Dependency.objects.filter(pk=flow.pk, ended_at=None).update(**fields, checked_on=at.date()):
        raise WrongState
    flow.refresh_from_db()
    record("governance.dependency.changed", by=by, at=at, on=flow, was=was)


@transaction.atomic
def end_flow(*, flow: Dependency, reason: str, by: Actor, at: datetime) -> None:
    """Take a flow off the picture; it stays in the history.

    Raises NotPermitted, Invalid without a reason, WrongState for one that has ended.
    """
    permit(by.may(Permission.FUNCTION_MANAGE))
    reason = _line(reason, _("give a reason, so that a colleague can follow it."))
    if not Dependency.objects.filter(pk=flow.pk, ended_at=None).update(ended_at=at, end_reason=reason):
        raise WrongState
    flow.refresh_from_db()
    record("governance.dependency.ended", by=by, at=at, on=flow)


def _flow(source: str, target: str, kind: str, meaning_nl: str, meaning_en: str) -> dict[str, str]:
    if target != EVERY:
        known(target)
    if known(source) == target:
        raise Invalid(_("a function cannot give something to itself."))
    if kind not in FlowKind.values:
        raise Invalid(_("this kind of flow is not known."))
    return {
        "from_function": source,
        "to_function": target,
        "kind": kind,
        "meaning_nl": _line(meaning_nl, _("say in Dutch what the flow means.")),
        "meaning_en": " ".join(meaning_en.split())[:LINE_LIMIT],
    }


def _free_key() -> str:
    """A key of our own, beside those of the plan."""
    taken = set(Dependency.objects.filter(key__startswith="own-").values_list("key", flat=True))
    return next(key for number in count(1) if (key := f"own-{number}") not in taken)
