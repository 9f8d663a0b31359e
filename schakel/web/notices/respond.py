"""The page behind a notice's signed link, for whoever holds it: no account, no cookie, no script.

A look changes nothing, so mail scanners that follow links leave no trace: that the page was opened is remembered
when somebody presses the button that shows the systems, or answers. The link itself is the permission, which is why
these pages carry no token against forgery: there is no cookie that another site could misuse.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from schakel.kit.paging import key_of, page
from schakel.notices import actions, gate, links, reading
from schakel.notices.letter import preface
from schakel.notices.models import Notice
from schakel.web.flows import form_page
from schakel.web.notices.answering import AnswerForm

SIZE = 25
LANGUAGES = {"nl": "Nederlands", "en": "English"}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # The address is the permission: no page that we point to may learn it.
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
View = Callable[[HttpRequest, Notice, str], HttpResponse]


def by_link(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Lets a view run for who holds a link that opens a notice, in the reader's language.

    Links that are wrong, old, revoked or not yet sent get one and the same page; who tries too often gets another,
    before the link is looked at.
    """

    @csrf_exempt
    @wraps(view)
    def enter(request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        if gate.is_shut(token, client=request.META["REMOTE_ADDR"], at=now):
            answer = render(request, "respond/too_often.html", status=429)
        elif (notice := links.notice_of(token, at=now)) is None:
            answer = render(request, "respond/absent.html", status=404)
        else:
            language = _language(request, notice)
            with override(language):
                answer = view(request, notice, token)
            answer.headers["Content-Language"] = language
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    return enter


@form_page
@by_link
def show(request: HttpRequest, notice: Notice, token: str) -> HttpResponse:
    """The notice and the form; a posted form is an answer."""
    form = AnswerForm(request.POST if request.method == "POST" else None, notice=notice)
    if request.method == "POST" and form.answer_by(actions.LINK):
        return redirect(_address("respond_thanks", request, token))
    context = _frame(request, notice, token) | _systems(request, notice) | {"form": form}
    context["earlier"] = list(notice.responses.order_by("-at", "-pk"))
    return render(request, "respond/show.html", context, status=400 if form.errors else 200)


@require_POST
@by_link
def systems(request: HttpRequest, notice: Notice, token: str) -> HttpResponse:
    """Remember that a person has opened the notice, and show its systems from now on."""
    actions.mark_opened(notice=notice, at=timezone.now())
    return redirect(_address("respond", request, token) + "#systems")


@require_safe
@by_link
def systems_csv(_request: HttpRequest, notice: Notice, _token: str) -> HttpResponse:
    """The systems as a table, for the recipient's own tools."""
    name = f"notice-{notice.pk}.csv"
    return HttpResponse(
        reading.rows_as_csv(notice),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@by_link
def thanks(request: HttpRequest, notice: Notice, token: str) -> HttpResponse:
    """What happens now that the notice is answered."""
    latest = notice.responses.order_by("-at", "-pk").first()
    if latest is None:
        return redirect(_address("respond", request, token))
    return render(request, "respond/thanks.html", _frame(request, notice, token) | {"latest": latest})


@form_page
@by_link
def stop(request: HttpRequest, notice: Notice, token: str) -> HttpResponse:
    """Stop what can wait: a look asks, a post does it, by a person or by a mail program in one click (RFC 8058)."""
    if request.method == "POST":
        actions.stop_digests(notice=notice, by=actions.LINK, at=timezone.now())
    frame = _frame(request, notice, token)
    return render(request, "respond/stop.html", frame | {"is_stopped": request.method == "POST"})


def _frame(request: HttpRequest, notice: Notice, token: str) -> dict[str, object]:
    """What every page of a notice shows."""
    language = _language(request, notice)
    told = reading.read(notice, language=language)
    return {
        "notice": notice,
        "token": token,
        "told": told,
        "preface": preface(notice),
        "words_html": mark_safe(told.words_html),  # noqa: S308 - the texts escape every value themselves
        "language": language,
        "others": [(code, name) for code, name in LANGUAGES.items() if code != language],
    }


def _systems(request: HttpRequest, notice: Notice) -> dict[str, object]:
    """One page of the systems, once a person has asked for them."""
    if notice.opened_at is None:
        return {}
    seen = notice.findings().with_last_seen().select_related("organisation")
    shown = page(seen, after=key_of(request.GET.get("after")), size=SIZE, is_oldest_first=True)
    return {"rows": shown.rows, "next_after": shown.next_after, "has_start": "after" in request.GET}


def _language(request: HttpRequest, notice: Notice) -> str:
    """The language that the reader asks for, else the notice's, else English, as its words are then."""
    asked = request.GET.get("language", notice.language)
    return asked if asked in LANGUAGES else "en"


def _address(name: str, request: HttpRequest, token: str) -> str:
    """One of the notice's own pages, in the language that the reader chose."""
    asked = request.GET.get("language")
    return reverse(name, args=[token]) + (f"?language={asked}" if asked in LANGUAGES else "")
