"""Who may open a page. Each decorator says in words why it leads somebody elsewhere."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access.queries import customer_of, has_factor
from accounts.models import Customer
from accounts.roles import Role, has_role

View = Callable[..., HttpResponseBase]


def customer_required(view: View) -> View:
    """Open the page to customers alone and put `request.customer` in place, with one query.

    A visitor signs in first and comes back. Staff who are nobody's customer are shown the way to their desk.
    """

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        customer = customer_of(request.user)  # type: ignore[arg-type]
        if customer is None or customer.standing == Customer.Standing.CLOSED:
            return _not_a_customer(request)
        request.customer = customer  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return guarded


def verified_customer_required(view: View) -> View:
    """As `customer_required`; somebody whose name is not verified yet is led to the identity check."""

    @wraps(view)
    @customer_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.customer.standing != Customer.Standing.VERIFIED:  # type: ignore[attr-defined]
            messages.info(request, _("Verify your identity first. After that you can use this service."))
            return HttpResponseRedirect(reverse("identity"))
        return view(request, *args, **kwargs)

    return guarded


def staff_required(*roles: Role) -> Callable[[View], View]:
    """Open the page to staff who hold one of the roles and passed the second factor. For others it does not exist."""

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not has_role(request.user, *roles):  # type: ignore[arg-type]
                raise Http404
            return to_second_factor(request) or view(request, *args, **kwargs)

        return guarded

    return decorate


def to_second_factor(request: HttpRequest, back: str = "") -> HttpResponseRedirect | None:
    """This function will lead a signed-in person to the second factor when this session has not passed it; else None.

    Who has none yet is led to set one up. `back` is where to go afterwards; without it, where the person is now.
    """
    user = request.user
    if user.is_verified():  # type: ignore[union-attr]
        return None
    if has_factor(user):  # type: ignore[arg-type]
        return _led(reverse("mfa_reauthenticate"), back or _here(request))
    messages.info(
        request, _("The back office opens only with a second step. Set up an authenticator app or a passkey.")
    )
    return _led(reverse("security"), back or _here(request))


def background(view: View) -> View:
    """Mark a view that pages call by themselves: it does not count as activity and keeps no session open."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    marked.is_background = True  # type: ignore[attr-defined]
    return marked


def _here(request: HttpRequest) -> str:
    return request.get_full_path() if request.method in {"GET", "HEAD"} else request.path


def _led(url: str, back: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{url}?{urlencode({'next': back})}")


def _not_a_customer(request: HttpRequest) -> HttpResponse:
    return render(request, "access/not_a_customer.html", status=404)
