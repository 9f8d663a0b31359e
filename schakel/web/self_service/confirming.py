"""Pages behind the signed links in mails about claims and contacts: no account, and a look changes nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from schakel.kit.refusals import Invalid, WrongState
from schakel.notices import gate
from schakel.registry.claims import links, proving
from schakel.registry.constituents import attesting
from schakel.registry.models import Claim, Contact
from schakel.web.flows import form_page
from schakel.web.notices.respond import HEADERS, LANGUAGES

Answer = Callable[[HttpRequest, str, str], HttpResponse]


def by_link(view: Answer) -> Callable[[HttpRequest, str], HttpResponse]:
    """Lets a view run for who holds a link, unless it is tried too often; no page of it is kept or indexed."""

    @csrf_exempt
    @wraps(view)
    def enter(request: HttpRequest, token: str) -> HttpResponse:
        language = request.GET.get("language", "nl")
        language = language if language in LANGUAGES else "nl"
        if gate.is_shut(token, client=request.META["REMOTE_ADDR"], at=timezone.now()):
            answer = render(request, "respond/too_often.html", status=429)
        else:
            with override(language):
                answer = view(request, token, language)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    return enter


@form_page
@by_link
def claim(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """Whether what is claimed is really theirs: the contact that a registry or a site names says yes or no."""
    now = timezone.now()
    found = links.claim_of(token, at=now)
    if found is None:
        return render(request, "respond/absent.html", status=404)
    answer = request.POST.get("answer", "") if request.method == "POST" else ""
    try:
        _take(found, answer, request.POST.get("words", ""))
    except WrongState:
        return render(request, "respond/absent.html", status=404)
    others = [(code, name) for code, name in LANGUAGES.items() if code != language]
    context = {"claim": found, "answer": answer if answer in {"yes", "no"} else "", "language": language}
    return render(request, "claims/confirm.html", {**context, "others": others})


@form_page
@by_link
def contact(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """Whether an address is still the right one: yes, another one, or no longer."""
    found = attesting.contact_of(token, at=timezone.now())
    if found is None:
        return render(request, "respond/absent.html", status=404)
    answer = request.POST.get("answer", "") if request.method == "POST" else ""
    fault = ""
    try:
        _hear(found, answer, request.POST.get("address", ""))
    except Invalid as refused:
        answer, fault = "", str(refused)
    except WrongState:
        return render(request, "respond/absent.html", status=404)
    others = [(code, name) for code, name in LANGUAGES.items() if code != language]
    context = {"contact": found, "holder": found.organisation or found.partner, "fault": fault, "others": others}
    context["answer"] = answer if answer in {"yes", "other", "no"} else ""
    return render(request, "contacts/confirm.html", context, status=400 if fault else 200)


def _hear(found: Contact, answer: str, address: str) -> None:
    given: dict[str, Any] = {"contact": found, "by": attesting.LINK, "at": timezone.now()}
    if answer == "yes":
        attesting.confirm(**given)
    elif answer == "other":
        attesting.change(address=address, **given)
    elif answer == "no":
        attesting.decline(**given)


def _take(found: Claim, answer: str, words: str) -> None:
    if answer == "yes":
        proving.confirm(claim=found, by=proving.LINK, at=timezone.now())
    elif answer == "no":
        proving.deny(claim=found, words=words, by=proving.LINK, at=timezone.now())
