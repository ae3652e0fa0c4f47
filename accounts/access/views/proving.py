"""A fresh proof before somebody ends sessions (ASVS 7.5.2): any one factor will do, so that a stolen phone can be shut
out by whoever has nothing but the password. What it lets pass is this one act; it opens nothing that asks for a second
step."""

import time
from typing import cast
from urllib.parse import urlencode

from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.access import queries
from accounts.access.forms import PasswordAgainForm
from accounts.access.views.entrance import too_many_requests
from accounts.models import User


def first(request: HttpRequest, *, name: str) -> HttpResponseBase | None:
    """This function will ask for the password before a POST is carried out; None when it may be.

    Whoever signed in, or proved themselves, in the last five minutes is not asked. `name` is the field that says what
    is to be done; it is sent once more with the password. Tries are counted like those of a sign-in.
    """
    user = cast("User", request.user)
    if _is_fresh(request, user):
        return None
    second_step = f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.path})}"
    has_factor = queries.has_factor(user)
    if not user.has_usable_password():
        return HttpResponseRedirect(second_step if has_factor else reverse("account_set_password"))
    form = PasswordAgainForm(request.POST if "password" in request.POST else None, user=user)
    if form.is_bound:
        if not ratelimit.consume(request, action="reauthenticate", user=user):
            return too_many_requests(request)
        if form.is_valid():
            return None
    return render(
        request,
        "access/prove_first.html",
        {
            "form": form,
            "name": name,
            "value": request.POST.get(name, ""),
            "second_step": second_step if has_factor else "",
        },
    )


def _is_fresh(request: HttpRequest, user: User) -> bool:
    records = get_authentication_records(request, user)
    return any(time.time() - float(record["at"]) < REAUTHENTICATION_TIMEOUT for record in records)  # seconds
