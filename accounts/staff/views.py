"""The page behind the link of an invitation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.staff import services
from accounts.staff.errors import LinkDead
from accounts.staff.forms import WelcomeForm

HELD = "staff_invitation"


@require_GET
@never_cache
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, so that it stands in no history and no referrer. Nothing is used up."""
    if request.user.is_authenticated:
        messages.warning(request, _("Sign out first: the link is for a new colleague."))
        return HttpResponseRedirect(reverse("home"))
    request.session[HELD] = token[:100]
    return HttpResponseRedirect(reverse("staff_join"))


@require_http_methods(["GET", "POST"])
@never_cache
def welcome(request: HttpRequest) -> HttpResponse:
    """Let a new colleague choose a password, then sign in and set up a second factor."""
    now = timezone.now()
    try:
        invitation = services.opened_by(token=str(request.session.get(HELD, "")), now=now)
        form = WelcomeForm(request.POST or None, user=invitation.user)
        if request.method == "POST" and form.is_valid():
            services.accept(
                token=request.session.pop(HELD),
                password=form.cleaned_data["password"],
                language=get_language() or invitation.user.language,
                now=now,
            )
            messages.success(request, _("Your account is open. Sign in, then set up your second step."))
            return HttpResponseRedirect(reverse("account_login"))
    except LinkDead:
        request.session.pop(HELD, None)
        return render(request, "staff/link_over.html", status=410)
    return render(request, "staff/welcome.html", {"form": form, "colleague": invitation.user})
