"""Home before and after sign-in, and the page about me: composed here from what the rooms below offer."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access.queries import customer_of
from accounts.identity import queries as identity
from accounts.preferences import quick
from accounts.roles import Role, lent, roles_of
from core.ui import reader
from ledger.calendar import business_date
from portal import audiences
from portal.pages import queries
from portal.rights import EMERGENCIES


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what the bank offers to a visitor, their money to a customer, and the desks to a member of staff.

    Who chose the simplified layout gets a home of its own.
    """
    user, who = request.user, reader.of(request)
    if not user.is_authenticated:
        return render(request, "pages/landing_simple.html" if who.look.simple else "pages/landing.html")
    if user.is_staff:
        return render(request, "pages/staff.html", {"kinds": audiences.of(user), **_work_of(user)})
    customer = customer_of(user)  # type: ignore[arg-type]
    if customer is None:
        return render(request, "pages/me.html")
    customer.user = user  # type: ignore[assignment]  # known already; one query less
    home = queries.home(customer, now=timezone.now())
    context = {"home": home, "customer": customer}
    if who.look.simple:
        response = render(request, "pages/home_simple.html", context)
    else:
        first = home.accounts[0].public_id if home.accounts else None
        response = render(request, "pages/home.html", {**context, "quick": quick.links(who.quick, account=first)})
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show who is signed in and lead to everything about them."""
    customer = customer_of(request.user)  # type: ignore[arg-type]
    request.customer = customer  # type: ignore[attr-defined]  # the page need not ask again
    reminder = identity.reminder(customer, today=business_date(timezone.now())) if customer else None
    return render(request, "pages/me.html", {"reminder": reminder})


def _work_of(user: Any) -> dict[str, bool]:
    """Say which places of work the home of a member of staff leads to."""
    held = roles_of(user) - lent(user)
    return {
        "desk": bool(held & {Role.REVIEWER, Role.APPROVER}),
        "files": bool(held & {Role.REVIEWER, Role.APPROVER, Role.AUDITOR}),
        "operations": bool(held & {Role.ADMINISTRATOR, Role.AUDITOR}),
        "emergency": any(held & duty.taken_by and not held & duty.lends for duty in EMERGENCIES.values()),
    }
