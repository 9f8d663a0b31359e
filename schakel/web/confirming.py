"""Pages behind the signed links in mails about claims: no account, no cookie, and a look changes nothing."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from schakel.kit.refusals import WrongState
from schakel.notices import gate
from schakel.registry.claims import links, proving
from schakel.registry.models import Claim
from schakel.web.respond import HEADERS, LANGUAGES

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


@require_http_methods(["GET", "HEAD", "POST"])
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


def _take(found: Claim, answer: str, words: str) -> None:
    if answer == "yes":
        proving.confirm(claim=found, by=proving.LINK, at=timezone.now())
    elif answer == "no":
        proving.deny(claim=found, words=words, by=proving.LINK, at=timezone.now())
