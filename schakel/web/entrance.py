"""Who may come in: pages for members, and pages that ask a permission."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseBase

from schakel.kit.refusals import permit
from schakel.policy.access import Permission
from schakel.web.middleware import Request

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[Request, Arguments], HttpResponseBase]


def needs(permission: Permission) -> Callable[[View[Arguments]], View[Arguments]]:
    """Lets a view run for those who hold the permission anywhere; strangers are asked to log in, others get 403.

    What they then see is for `visible_to(request.actor)` to say.
    """

    def decorate(view: View[Arguments]) -> View[Arguments]:
        @wraps(view)
        def enter(request: Request, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            permit(bool(request.actor.reach(permission)))
            return view(request, *args, **kwargs)

        return enter

    return decorate


def _to_login(request: Request) -> HttpResponse:
    """The login page; a fragment asked by htmx sends the whole page there."""
    answer = redirect_to_login(request.get_full_path())
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": answer.url})
    return answer
