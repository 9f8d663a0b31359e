"""Passing an item on: the form, a partner's bulletins with their reach, and the pages on which they are read."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from schakel.kit.paging import key_of, page
from schakel.kit.refusals import permit
from schakel.policy.access import Permission
from schakel.policy.audience import is_for_all
from schakel.post.models import DeliveryState
from schakel.registry.models import Language, Partner, Relation
from schakel.sharing.items import content
from schakel.sharing.ledger import answers, letters
from schakel.sharing.ledger.labels import effective
from schakel.sharing.models import ItemVersion, Passing, SharedItem
from schakel.sharing.relaying import bulletins
from schakel.sharing.relaying import letters as bulletin_letters
from schakel.sharing.words import ItemState, Reader
from schakel.web.entrance import needs
from schakel.web.flows import Step, form_page, given, run
from schakel.web.middleware import POLICY, Request

TITLE_LIMIT, INTRO_LIMIT = 200, 4000
RECENT = 5


class BulletinForm(forms.Form):
    """The partner's own words above what the item says."""

    partner = forms.ModelChoiceField(label=gettext_lazy("In the name of"), queryset=Partner.objects.none())
    title = forms.CharField(label=gettext_lazy("Title"), max_length=TITLE_LIMIT)
    intro = forms.CharField(
        label=gettext_lazy("Your own words to your constituency"),
        max_length=INTRO_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    reader = forms.ChoiceField(label=gettext_lazy("Which text?"), choices=Reader, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language)
    is_public = forms.BooleanField(
        label=gettext_lazy("Also on a page that everybody can open, and for your own website"), required=False
    )

    def __init__(self, *given: Any, partners: QuerySet[Partner], may_be_public: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]
        if not may_be_public:
            del self.fields["is_public"]


class ClientsForm(forms.Form):
    """To whom of its constituency a partner gives security services."""

    relations = forms.MultipleChoiceField(
        label=gettext_lazy("We give security services to our"),
        choices=Relation,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@form_page
@needs(Permission.ITEM_RELAY)
def pass_on(request: Request, uid: UUID) -> HttpResponse:
    """Write the bulletin and let it go out."""
    item = get_object_or_404(SharedItem.objects.visible_to(request.actor), uid=uid, state=ItemState.PUBLISHED)
    partners = Partner.objects.filter(pk__in=request.actor.reach(Permission.ITEM_RELAY).partner_ids)
    permit(partners.exists())
    mark = effective(item)
    initial = {"partner": partners.first(), "title": item.title, "reader": Reader.SMALL, "language": item.language}
    form = BulletinForm(given(request), partners=partners, may_be_public=is_for_all(mark.value), initial=initial)
    intro = _("Label: %(label)s. It goes by mail to each organisation of your constituency that may have it.")
    step = Step(
        title=_("Pass on to your constituency"),
        button=_("Pass on now"),
        done=_("It goes out now. The figures follow on this page."),
        to=lambda made: reverse("bulletin", args=[made.pk]),
        up=((_("The item"), letters.path_of(item)),),
        intro=intro % {"label": mark.marking},
    )
    act: dict[str, Any] = {"item": item, "by": request.actor, "at": timezone.now()}
    return run(request, step, form, lambda said: bulletins.pass_on(**act, **said))


@require_safe
@needs(Permission.ITEM_RELAY)
def index(request: Request) -> HttpResponse:
    """What one's partner passed on, newest first."""
    shown = page(_own(request), after=key_of(request.GET.get("after")))
    partners = Partner.objects.filter(pk__in=request.actor.reach(Permission.ITEM_RELAY).partner_ids)
    context = {"bulletins": shown.rows, "next_after": shown.next_after, "partners": partners}
    return render(request, "ledger/bulletins.html", context | {"has_start": "after" in request.GET})


@require_safe
@needs(Permission.ITEM_RELAY)
def show(request: Request, passing_id: int) -> HttpResponse:
    """One bulletin: as it was sent, and whom it reached."""
    passing = get_object_or_404(_own(request), pk=passing_id)
    refused = passing.receipts.exclude(refusal="").values("refusal").annotate(count=Count("pk")).order_by("-count")
    frame = f"{settings.BASE_URL}{reverse('bulletin_embed', args=[passing.partner.key])}"
    embed = f'<iframe src="{frame}" title="{escape(passing.partner.name)}"></iframe>'
    context = {"passing": passing, "refused": refused, "embed": embed, **_told(passing)}
    return render(request, "ledger/bulletin.html", context)


@form_page
@needs(Permission.ITEM_RELAY)
def stop(request: Request, passing_id: int) -> HttpResponse:
    """Pass it on no longer."""
    passing = get_object_or_404(_own(request), pk=passing_id)
    step = Step(
        title=_("Stop passing this on"),
        button=_("Stop passing it on"),
        done=_("It is passed on no longer."),
        to=reverse("bulletin", args=[passing_id]),
        up=((passing.title, reverse("bulletin", args=[passing_id])),),
        intro=_(
            "Its page closes and your constituency can no longer read it here. Mail that was sent stays with them."
        ),
        is_grave=True,
    )
    act: dict[str, Any] = {"passing": passing, "by": request.actor, "at": timezone.now()}
    return run(request, step, forms.Form(given(request)), lambda _said: bulletins.stop(**act))


@form_page
@needs(Permission.ITEM_RELAY)
def clients(request: Request, partner_id: int) -> HttpResponse:
    """Say to whom a partner gives security services."""
    partner = get_object_or_404(Partner.objects.of(request.actor, Permission.AGREEMENT_SIGN), pk=partner_id)
    chosen = list(partner.client_ties.values_list("relation", flat=True))
    step = Step(
        title=_("Clients of %(name)s") % {"name": partner.name},
        button=_("Save"),
        done=_("Saved."),
        to=reverse("bulletins"),
        intro=_(
            "TLP:AMBER may go on to clients who need it. Tick only those to whom you give security services: "
            "being a member is not enough."
        ),
    )
    act: dict[str, Any] = {"partner": partner, "by": request.actor, "at": timezone.now()}
    form = ClientsForm(given(request), initial={"relations": chosen})
    return run(request, step, form, lambda said: bulletins.switch_clients(**act, **said))


@require_safe
def public(request: HttpRequest, passing_id: int) -> HttpResponse:
    """A bulletin for everybody."""
    passing = get_object_or_404(_public(), pk=passing_id)
    with override(passing.language):
        return render(request, "ledger/read.html", {"passing": passing, **_told(passing)})


@require_safe
def embed(request: HttpRequest, key: str) -> HttpResponse:
    """The newest bulletins for everybody, to stand in a frame on the partner's own website and on no other."""
    partner = get_object_or_404(Partner, key=key)
    rows = list(_public().filter(partner=partner).order_by("-passed_at")[:RECENT])
    with override(partner.language):
        answer = render(request, "ledger/embed.html", {"partner": partner, "bulletins": rows})
    answer.headers["Content-Security-Policy"] = _framed_by(partner.website)
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@csrf_exempt
@form_page
def read(request: HttpRequest, token: str) -> HttpResponse:
    """A member's own page of a bulletin. A look shows its title; a person's press on the button counts as reading.

    Mail scanners follow links, and press nothing. The link is the permission: there is no cookie to misuse.
    """
    receipt = bulletin_letters.receipt_of(token)
    if receipt is None or receipt.passing is None:
        raise Http404
    is_open = request.method == "POST"
    if is_open:
        answers.opened(receipt=receipt, at=timezone.now())
    passing = receipt.passing
    with override(passing.language):
        told = _told(passing) if is_open else {}
        answer = render(request, "ledger/read.html", {"passing": passing, "is_closed": not is_open, **told})
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def _own(request: Request) -> QuerySet[Passing]:
    """Those of the actor's partner, with their reach."""
    counted = {
        "members": Q(),
        "told": Q(receipts__sent_at__isnull=False),
        "opened": Q(receipts__fetched_at__isnull=False),
    }
    failed = Q(receipts__dispatches__delivery__state__in=[DeliveryState.BOUNCED, DeliveryState.DEAD])
    mine = Passing.objects.filter(partner__in=request.actor.reach(Permission.ITEM_RELAY).partner_ids)
    figures = {name: Count("receipts", filter=wanted, distinct=True) for name, wanted in counted.items()}
    bounced = Count("receipts", filter=failed, distinct=True)
    return mine.select_related("item__circle", "partner").annotate(bounced=bounced, **figures)


def _public() -> QuerySet[Passing]:
    """Bulletins that anybody may read: as long as the item itself may be."""
    rows = Passing.objects.filter(is_public=True, stopped_at=None, item__in=SharedItem.objects.for_everybody())
    return rows.select_related("item__circle", "partner")


def _told(passing: Passing) -> dict[str, Any]:
    number = passing.item.published_version or 0
    version = ItemVersion.objects.select_related("item__circle").get(item=passing.item, number=number)
    with override(passing.language):
        paragraphs = bulletin_letters.paragraphs(passing, content.document_of(version))
    mark = effective(passing.item)
    return {"paragraphs": paragraphs[1:], "mark": mark.marking, "tlp": mark.value, "meaning": letters.meaning(mark)}


def _origin(website: str) -> str | None:
    parts = urlsplit(website)
    is_plain = parts.scheme == "https" and parts.hostname and not set(parts.netloc) & set(" ;,'\"*")
    return f"https://{parts.netloc}" if is_plain else None


def _framed_by(website: str) -> str:
    """The usual rules, but for who may show it in a frame: the partner's website alone."""
    return POLICY.replace("frame-ancestors 'none'", "frame-ancestors " + (_origin(website) or "'none'"))
