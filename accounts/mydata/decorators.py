"""Who may open the pages about one's data: customers, and former ones while they can still read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts.access.queries import customer_of

View = Callable[..., HttpResponseBase]


def present_or_former_customer_required(view: View) -> View:
    """Open the page to customers, also to those whose relationship has ended, and put `request.customer` in place."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        customer = customer_of(request.user)  # type: ignore[arg-type]
        if customer is None:
            return render(request, "access/not_a_customer.html", status=404)
        customer.user = request.user  # type: ignore[assignment]  # known already; one query less
        request.customer = customer  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return guarded
