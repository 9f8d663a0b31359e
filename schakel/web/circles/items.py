"""What is done with an item of a circle: acting together, another task, and release out of the circle."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Permission
from schakel.policy.sharing import Tlp
from schakel.registry.models import Partner
from schakel.sharing.circles import log, releasing, together
from schakel.sharing.circles.releasing import NeedsSource, Proposal
from schakel.sharing.circles.rules import memberships, moderating
from schakel.sharing.document import Document, Text
from schakel.sharing.items import content
from schakel.sharing.items.rules import NoAgreement, NotReviewed
from schakel.sharing.items.terms import SharingTerms
from schakel.sharing.models import Circle, ItemVersion, JointAction, Release, SharedItem, TaskUse
from schakel.sharing.words import ItemState, ReleaseState
from schakel.web.circles.circle_forms import DESK, LendForm, ReleaseForm, WordsOnlyForm, groups
from schakel.web.circles.pages import seen, way_to
from schakel.web.entrance import needs
from schakel.web.flows import Act, Step, at_once, form_page, given, is_done, run
from schakel.web.middleware import Request

Given = dict[str, Any]
TOGETHER = Act(together.act, gettext_lazy("It is written down."))
LEND = Act(together.lend, gettext_lazy("Members with this task read it from now on."))
REFUSE = Act(releasing.refuse, gettext_lazy("The release is refused."))


@require_safe
@needs(Permission.CIRCLE_VIEW)
def show(request: Request, circle_id: int, uid: UUID) -> HttpResponse:
    """An item in its circle: what was done with it, and what can be."""
    return _render(request, *_item(request, circle_id, uid))


def _render(
    request: Request, circle: Circle, item: SharedItem, *, faulty: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    document = content.document_of(_version(item))
    if request.method in {"GET", "HEAD"}:
        log.opened(item=item, by=request.actor, at=timezone.now())
    takes_part = memberships(request.actor, circle).exists()
    others = together.other_tasks(item) if moderating(request.actor, circle) else []
    context = {
        "circle": circle,
        "words": circle.words,
        "item": item,
        "document": document,
        "texts": document.texts,
        "tasks": [task.label for task in together.tasks_of(item)],
        "acted": _said(JointAction.objects.visible_to(request.actor).filter(item=item).order_by("at"), item),
        "lent": _said(TaskUse.objects.visible_to(request.actor).filter(item=item).order_by("at"), item),
        "releases": _said(Release.objects.visible_to(request.actor).filter(item=item).order_by("-pk"), item),
        "takes_part": takes_part,
        "may_release": takes_part and item.state == ItemState.PUBLISHED,
        "forms": _forms(others) | ({faulty[0]: faulty[1]} if faulty else {}),
    }
    return render(request, "circles/item.html", context, status=status)


def _forms(others: list[Any]) -> dict[str, Form]:
    forms: dict[str, Form] = {"together": WordsOnlyForm(label=_("What was done"), name="words", prefix="together")}
    return forms | ({"lend": LendForm(tasks=others, prefix="lend")} if others else {})


def _said(rows: Any, item: SharedItem) -> list[tuple[Any, Any]]:
    """Each row with its words, opened with the keys that are here already."""
    found = list(rows)
    for row in found:
        row.item = item
    return [(row, row.said) for row in found]


@require_POST
@needs(Permission.CIRCLE_VIEW)
def act_together(request: Request, circle_id: int, uid: UUID) -> HttpResponse:
    """Write down what was done together."""
    circle, item = _item(request, circle_id, uid)
    form = WordsOnlyForm(request.POST, label=_("What was done"), name="words", prefix="together")
    if is_done(request, TOGETHER, form, item=item):
        return redirect("circle_item", circle.pk, uid)
    return _render(request, circle, item, faulty=("together", form), status=400)


@require_POST
@needs(Permission.CIRCLE_VIEW)
def lend(request: Request, circle_id: int, uid: UUID) -> HttpResponse:
    """Let it be used for another task."""
    circle, item = _item(request, circle_id, uid)
    permit(moderating(request.actor, circle))
    form = LendForm(request.POST, tasks=together.other_tasks(item), prefix="lend")
    if is_done(request, LEND, form, item=item):
        return redirect("circle_item", circle.pk, uid)
    return _render(request, circle, item, faulty=("lend", form), status=400)


@form_page
@needs(Permission.ITEM_PUBLISH)
def ask_release(request: Request, circle_id: int, uid: UUID) -> HttpResponse:
    """Propose a version that may leave the circle."""
    circle, item = _item(request, circle_id, uid)
    permit(memberships(request.actor, circle).exists())
    document = content.document_of(_version(item))
    form = ReleaseForm(given(request), actor=request.actor, initial=_initial(document, item))
    here = reverse("circle_item", args=[circle.pk, uid])
    step = Step(
        title=_("Propose a version that may leave the circle"),
        button=_("Propose"),
        done=_("A moderator who did not propose it decides."),
        to=lambda release: reverse("circle_release", args=[circle.pk, release.pk]),
        up=(*way_to(circle), (document.title, here)),
        intro=_("Write only what may be known outside. Nothing outside leads back to this circle or to this item."),
    )

    def asked(said: Given) -> Release:
        owner = None if said["owner"] == DESK else Partner.objects.get(pk=int(said["owner"]))
        act: Given = {"item": item, "owner": owner, "by": request.actor, "at": timezone.now()}
        return releasing.propose(proposal=_proposal(said, document), **act)

    return run(request, step, form, asked)


def _initial(document: Document, item: SharedItem) -> dict[str, Any]:
    text = next(iter(document.texts), Text())
    return {
        "title": document.title, "summary": text.summary, "body": text.body, "action": text.action, "tlp": item.tlp,
    }  # fmt: skip


def _proposal(said: Given, document: Document) -> Proposal:
    """What was written, with no more of the item than was chosen."""
    text = Text(
        reader=next((one.reader for one in document.texts), Text().reader),
        language=next((one.language for one in document.texts if one.language), "nl"),
        title=said["title"], summary=said["summary"], body=said["body"], action=said["action"],
    )  # fmt: skip
    told = Document(kind=document.kind, title=said["title"], texts=(text,))
    told = replace(told, marking=replace(told.marking, tlp=Tlp(said["tlp"])))
    if said["keeps_details"]:
        told = replace(told, weaknesses=document.weaknesses, products=document.products)
    if said["keeps_indicators"]:
        told = replace(told, indicators=document.indicators)
    return Proposal(
        document=told,
        terms=SharingTerms(tlp=Tlp(said["tlp"]), addresses=tuple(said["addresses"])),
        ground=said["ground"],
        left_out=said["left_out"],
        names_origin=said["names_origin"],
    )


@require_safe
@needs(Permission.CIRCLE_VIEW)
def release(request: Request, circle_id: int, release_id: int) -> HttpResponse:
    """One release: what is to go out, why it may, what was left out, and what was decided."""
    return _render_release(request, *_release(request, circle_id, release_id))


def _render_release(
    request: Request, circle: Circle, row: Release, *, form: Form | None = None, status: int = 200
) -> HttpResponse:
    proposal = releasing.proposal_of(row)
    flat = dict(groups()[:2]) | {slug: word for _name, words in groups()[2:] for slug, word in words}
    is_another = row.asked_by_id != request.actor.user_id
    names = log.names_of([row.asked_by_id, row.decided_by_id])
    context = {
        "circle": circle,
        "words": circle.words,
        "release": row,
        "proposal": proposal,
        "texts": proposal.document.texts,
        "to": [flat.get(address, address) for address in proposal.terms.addresses],
        "asker": names.get(row.asked_by_id, ""),
        "decider": names.get(row.decided_by_id or 0, ""),
        "refusal": row.said.get("refusal", ""),
        "may_decide": row.state == ReleaseState.ASKED and is_another and moderating(request.actor, circle),
        "form": form or WordsOnlyForm(label=_("Why not"), name="reason"),
    }
    return render(request, "circles/release.html", context, status=status)


@require_POST
@needs(Permission.CIRCLE_VIEW)
def approve(request: Request, circle_id: int, release_id: int) -> HttpResponse:
    """Let it out."""
    circle, row = _release(request, circle_id, release_id)
    done = _("It is published outside the circle.")
    here = reverse("circle_release", args=[circle.pk, row.pk])
    act: Given = {"release": row, "by": request.actor, "at": timezone.now()}
    told = (Invalid, NeedsSource, NoAgreement, NotReviewed, WrongState)
    return at_once(request, lambda: releasing.approve(**act), done, here, told=told)


@require_POST
@needs(Permission.CIRCLE_VIEW)
def refuse(request: Request, circle_id: int, release_id: int) -> HttpResponse:
    """Keep it in, with the reason."""
    circle, row = _release(request, circle_id, release_id)
    form = WordsOnlyForm(request.POST, label=_("Why not"), name="reason")
    if is_done(request, REFUSE, form, release=row):
        return redirect("circle_release", circle.pk, row.pk)
    return _render_release(request, circle, row, form=form, status=400)


def _item(request: Request, circle_id: int, uid: UUID) -> tuple[Circle, SharedItem]:
    circle = seen(request, circle_id)
    rows = SharedItem.objects.visible_to(request.actor).filter(circle=circle)
    item = get_object_or_404(rows.select_related("owner", "audience"), uid=uid)
    item.circle = circle
    return circle, item


def _release(request: Request, circle_id: int, release_id: int) -> tuple[Circle, Release]:
    circle = seen(request, circle_id)
    rows = Release.objects.visible_to(request.actor).filter(item__circle=circle)
    row = get_object_or_404(rows.select_related("item", "owner", "asked_by", "made"), pk=release_id)
    row.item.circle = circle
    return circle, row


def _version(item: SharedItem) -> ItemVersion:
    version = ItemVersion.objects.get(item=item, number=item.published_version or item.version_count)
    version.item = item
    return version
