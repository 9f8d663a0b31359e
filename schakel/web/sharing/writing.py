"""Writing an item: one form that keeps what was filled in, also while somebody looks for whom to send it to."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from schakel.kit.paging import key_of
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Permission
from schakel.policy.audience import GROUPS, Address, kind_of
from schakel.registry.models import Partner
from schakel.sharing.audience.addressees import LISTS, Book, Named
from schakel.sharing.document import Document, Text
from schakel.sharing.items import content, drafting
from schakel.sharing.items.drafting import may_edit
from schakel.sharing.items.terms import SharingTerms, terms_of
from schakel.sharing.models import Circle, CircleMember, ItemVersion, SharedItem
from schakel.sharing.words import Reader
from schakel.web import labels
from schakel.web.entrance import needs
from schakel.web.flows import form_page, given
from schakel.web.middleware import Request
from schakel.web.sharing import words
from schakel.web.sharing.item_forms import DESK, LANGUAGES, ItemForm, TextForm, initial
from schakel.web.sharing.page import seen

TYPED_AT_MOST = 500
"""More indicators than this came from a file: the form leaves them as they are."""
MOST_TEXTS = 9
FIRST_TEXT = (Reader.GENERALIST.value, "nl")


@dataclass
class Desk:
    """The form as it lies before somebody: what it began from, and what was sent of it."""

    request: Request
    item: SharedItem | None = None
    version: ItemVersion | None = None
    found: list[Named] = field(default_factory=list)

    @cached_property
    def base(self) -> Document:
        """What it began from, whole: what the form does not show goes on into the next version."""
        return content.document_of(self.version) if self.version else Document(title="")

    @cached_property
    def before(self) -> SharingTerms | None:
        """How the version of before was to be shared."""
        return terms_of(self.version) if self.version else None

    @cached_property
    def texts(self) -> list[TextForm]:
        """A form for each text: those of before or those that were sent, and one that was asked for."""
        return [self._text_form(reader, language) for reader, language in self._text_keys()]

    @cached_property
    def form(self) -> ItemForm:
        """The facts."""
        keeps = len(self.base.indicators) > TYPED_AT_MOST
        start = initial(self.base, self.before, keeps_indicators=keeps) if self.before else {"phase": "cold"}
        return ItemForm(
            given(self.request),
            actor=self.request.actor,
            is_new=self.version is None,
            keeps_indicators=keeps,
            initial=start,
        )

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that are chosen."""
        if self.request.method == "POST":
            return tuple(dict.fromkeys(self.request.POST.getlist("addresses")))
        return self.before.addresses if self.before else ()

    @property
    def circle(self) -> Circle | None:
        """The circle in which it is, or was chosen to be: one that the writer is in."""
        if self.item is not None:
            return self.item.circle
        asked = key_of(self.request.POST.get("circle")) or 0
        mine = Circle.objects.filter(pk__in=CircleMember.objects.of(self.request.actor).values("circle"))
        return mine.filter(pk=asked).first()

    def saved(self) -> SharedItem | None:
        """Keep what was filled in; None where something is not right, which the form then says."""
        if not all([self.form.is_valid(), *(one.is_valid() for one in self.texts)]):
            return None
        try:
            return self._keep()
        except Invalid as refused:
            if not self.form.errors:
                self.form.add_error(None, str(refused))
            return None

    def _keep(self) -> SharedItem:
        document = self.form.document(self.base, tuple(one.text() for one in self.texts))
        terms = self.form.terms(self._allowed())
        act: dict[str, Any] = {"document": document, "terms": terms, "by": self.request.actor, "at": timezone.now()}
        if self.item is not None:
            drafting.revise(item=self.item, change=self.form.cleaned_data["change"], **act)
            return self.item
        owner = self.form.cleaned_data["owner"]
        partner = None if owner == DESK else get_object_or_404(Partner, pk=int(owner))
        return drafting.draft(owner=partner, circle=self.circle, **act)

    def _allowed(self) -> tuple[str, ...]:
        """The addresses, if the writer may know them all; those of the version of before may stay. In a circle: it."""
        chosen = self.addresses or ((Address.CIRCLE.of(self.circle.pk),) if self.circle else ())
        kept = set(self.before.addresses) if self.before else set()
        known = Book(self.request.actor).names(chosen, circle=self.circle)
        if any(one not in known and one not in kept for one in chosen):
            raise Invalid(_("one of the addressees is not known."))
        return chosen

    def page(self, *, status: int = 200) -> HttpResponse:
        """The form."""
        book = Book(self.request.actor).names(self.addresses, circle=self.circle)
        offered = [one for one in self.found if one.address not in self.addresses]
        context = {
            "item": self.item,
            "form": self.form,
            "texts": self.texts,
            "readers": Reader.choices,
            "languages": LANGUAGES,
            "chosen": [(one, words.whom(book.get(one))) for one in self.addresses if not _is_on_a_list(one)],
            "offered": [(one.address, words.whom(one)) for one in offered],
            "who": self.request.POST.get("who", ""),
            "whole": [(one.of(), str(words.WHOLE[one]), one.of() in self.addresses) for one in words.WHOLE],
            "groups": self._groups(),
            "kept_count": len(self.base.indicators) if self.form.keeps_indicators else 0,
        }
        return render(self.request, "sharing/edit.html", context, status=status)

    def _groups(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Each list of groups, with what is chosen of it."""
        return [
            (
                str(words.GROUP_TITLES[kind]),
                [
                    (kind.of(slug), word, kind.of(slug) in self.addresses)
                    for slug, word in getattr(labels, LISTS[kind])()
                ],
            )
            for kind in words.GROUP_TITLES
        ]

    def _text_keys(self) -> list[tuple[str, str]]:
        if self.request.method != "POST":
            return [(one.reader, one.language or "nl") for one in self.base.texts] or [FIRST_TEXT]
        sent = [tuple(one.split("-", 1)) for one in self.request.POST.getlist("texts") if one.count("-") == 1]
        if self.request.POST.get("do") == "text":
            sent.append((self.request.POST.get("reader", ""), self.request.POST.get("language", "")))
        spoken = {code for code, _name in LANGUAGES} | {one.language for one in self.base.texts}
        known = [(one[0], one[1]) for one in sent if one[0] in Reader.values and one[1] in spoken]
        return list(dict.fromkeys(known))[:MOST_TEXTS] or [FIRST_TEXT]

    def _text_form(self, reader: str, language: str) -> TextForm:
        kept = next(
            (one for one in self.base.texts if (one.reader, one.language or "nl") == (reader, language)), Text()
        )
        start = {name: getattr(kept, name) for name in ("title", "summary", "action", "body")}
        return TextForm(given(self.request), reader=reader, language=language, start=start)


def _is_on_a_list(address: str) -> bool:
    """Whether it stands among the boxes to tick, and so not among the names."""
    return kind_of(address) in {*GROUPS, *words.WHOLE}


@form_page
@needs(Permission.ITEM_EDIT)
def new(request: Request) -> HttpResponse:
    """Begin an item."""
    return _answer(Desk(request))


@form_page
@needs(Permission.ITEM_EDIT)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Write the next version of an item, from its newest."""
    item = seen(request, uid)
    permit(may_edit(item, request.actor))
    version = get_object_or_404(
        ItemVersion.objects.select_related("item__circle"), item=item, number=item.version_count
    )
    return _answer(Desk(request, item=item, version=version))


def _answer(desk: Desk) -> HttpResponse:
    request = desk.request
    if request.method != "POST":
        return desk.page()
    if request.POST.get("do") in {"find", "text"}:
        desk.found = Book(request.actor).found(request.POST.get("who", "")[:100], circle=desk.circle)
        for one in (desk.form, *desk.texts):
            one.without_faults()
        return desk.page()
    item = desk.saved()
    if item is None:
        return desk.page(status=400)
    messages.success(request, _("The draft is kept. Nobody outside your organisation sees it yet."))
    return redirect("item_audience" if request.POST.get("do") == "preview" else "item", item.uid)
