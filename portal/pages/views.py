"""Home before and after sign-in, and the page about me: composed here from what the rooms below offer."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import audiences


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what the bank offers to a visitor, their money to a customer, and the desks to a member of staff."""
    user = request.user
    if not user.is_authenticated:
        return render(request, "pages/landing.html")
    if user.is_staff:
        return render(request, "pages/staff.html", {"kinds": audiences.of(user)})
    return render(request, "pages/me.html")


@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show who is signed in and lead to everything about them."""
    return render(request, "pages/me.html")
