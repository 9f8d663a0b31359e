"""The page that finds what is shared with whoever asks."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from schakel.policy.access import Permission
from schakel.sharing.models import SavedSearch, SharedItem
from schakel.sharing.search import questions
from schakel.sharing.search.finding import BEST, NEWEST, Answer, Question, found
from schakel.sharing.search.showing import excerpts, marked
from schakel.web.entrance import needs
from schakel.web.middleware import Request
from schakel.web.search import words
from schakel.web.search.saved_forms import SaveForm

PLACE, SORT = "after", "sort"
SHOWN_VALUES = 10


@require_safe
@needs(Permission.ITEM_VIEW)
def index(request: Request) -> HttpResponse:
    """What fits the question in the address, of what the reader may read; htmx asks for the results alone."""
    question = questions.of(request.GET.dict())
    sort = NEWEST if request.GET.get(SORT) == NEWEST else BEST
    answer = found(question, to=request.actor, sort=sort, place=request.GET.get(PLACE))
    here = reverse("search")
    query = questions.written(question)
    following = f"&{SORT}={sort}&{PLACE}={answer.next_place}"
    context = {
        "question": question,
        "sort": sort,
        "answer": answer,
        "rows": list(_rows(request, answer)),
        "facets": list(_facets(question, answer, sort)),
        "chosen": list(_chosen(question, sort)),
        "is_asked": questions.is_narrowed(question),
        "first_url": f"{here}?{query}&{SORT}={sort}" if PLACE in request.GET else "",
        "next_url": f"{here}?{query}{following}" if answer.next_place else "",
        "sorts": [(label, f"{here}?{query}&{SORT}={name}", name == sort) for name, label in words.SORTS],
        "save_form": SaveForm(initial={"query": query}, user=request.user),
        "saved": SavedSearch.objects.visible_to(request.actor).order_by("name"),
    }
    name = "search/_results.html" if request.htmx.target == "results" else "search/index.html"
    response = render(request, name, context)
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie, Accept-Language"
    return response


def _rows(request: Request, answer: Answer) -> Iterator[dict[str, Any]]:
    """The items with what is shown of each, in the order of the answer."""
    related = "owner", "circle"
    items = SharedItem.objects.visible_to(request.actor).select_related(*related).in_bulk(answer.item_ids)
    shown = excerpts(list(items), roots=answer.roots, language=get_language() or "nl")
    for pk in answer.item_ids:
        if pk in items:
            title = marked(items[pk].title, answer.roots)
            yield {"item": items[pk], "title": title, "pieces": shown.get(pk, [])}


def _facets(question: Question, answer: Answer, sort: str) -> Iterator[dict[str, Any]]:
    """By what the answer can be narrowed: each sort that has more than one value among what was found."""
    for name, label in words.FACETS.items():
        values = answer.facets[name][:SHOWN_VALUES]
        if getattr(question, name) or len(values) < 2:  # noqa: PLR2004
            continue
        lines = [(words.value(name, value), count, _url(question, sort, **{name: value})) for value, count in values]
        yield {"label": label, "lines": lines}


def _chosen(question: Question, sort: str) -> Iterator[tuple[object, str, str]]:
    """What the answer is narrowed by, and the address without it."""
    for name, label in words.FACETS.items():
        if value := getattr(question, name):
            yield label, words.value(name, value), _url(question, sort, **{name: type(value)()})


def _url(question: Question, sort: str, **changed: object) -> str:
    return f"{reverse('search')}?{questions.written(question, **changed)}&{SORT}={sort}"
