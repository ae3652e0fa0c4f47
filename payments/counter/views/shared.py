"""What every page of the counter has in common: who may open it, and the frame it is drawn in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import User
from accounts.roles import Role, roles_of
from payments.counter import queries
from payments.counter.models import Branch, TillDay

HOME = "admin:counter_tillday_changelist"
READERS = frozenset({Role.BRANCH_SUPERVISOR, Role.MANAGER, Role.AUDITOR})  # of the comparison
View = Callable[..., HttpResponse]


def me(request: HttpRequest) -> User:
    """This function will give the colleague who is signed in."""
    return cast("User", request.user)


def held(request: HttpRequest) -> frozenset[Role]:
    """This function will read the colleague's roles once for a page; the services read them again for every act."""
    found: frozenset[Role] | None = getattr(request, "_counter_roles", None)
    if found is None:
        found = request._counter_roles = roles_of(me(request))  # type: ignore[attr-defined]
    return found


def for_roles(*roles: Role) -> Callable[[View], View]:
    """Open a page of the back office to holders of one of these roles; for others it does not exist."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not held(request) & set(roles):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def my_day(request: HttpRequest) -> TillDay | None:
    """This function will find the till the colleague has in hand."""
    return queries.day_of(me(request))


def my_branch(request: HttpRequest) -> Branch | None:
    """This function will find the branch the colleague works at."""
    return queries.branch_of(me(request))


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> TemplateResponse:
    """This function will draw a page of the counter in the frame of the back office."""
    shared = admin.site.each_context(request)
    return TemplateResponse(request, f"counter/{template}", {**shared, **context}, status=status)


def said(request: HttpRequest, error: Exception, to: str, *args: Any) -> HttpResponse:
    """This function will say why something was not done, on the page it leads back to."""
    messages.warning(request, str(error))
    return redirect(to, *args)
