"""Registering, signing in and out, codes by mail, passwords: allauth's views where they need a word of ours."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import queries
from accounts.access.adapters import speak


class Signup(allauth_views.SignupView):
    def form_valid(self, form: Any) -> HttpResponse:
        return speak(super().form_valid(form), form.cleaned_data["language"])


class Logout(allauth_views.LogoutView):
    """Signing out is a POST; the page asked for with GET has the button."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class ConfirmEmail(allauth_views.ConfirmEmailVerificationCodeView):
    """The code by mail. Asking for another sends a mail to somebody who is registered already too: nothing differs."""

    def _resend_form_valid(self, form: Any) -> HttpResponse:  # noqa: ARG002
        process = self._process
        try:
            process.generate_code()
            process.send()
        except ImmediateHttpResponse as refused:
            if refused.response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                raise
            messages.error(self.request, get_adapter().error_messages["rate_limited"])
        else:
            process.record_resend()
            process.persist()
            messages.success(self.request, _("Another e-mail is on its way. The code before no longer works."))
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_email_verification_sent")))


class ConfirmResetCode(allauth_views.ConfirmPasswordResetCodeView):
    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "email": self._process.state["email"]}


def _has_factor(request: HttpRequest) -> bool:
    return request.user.is_authenticated and queries.has_factor(request.user)  # type: ignore[arg-type]


@method_decorator(login_required, name="dispatch")
@method_decorator(reauthentication_required(enabled=_has_factor, app="allauth.mfa"), name="dispatch")
class ChangePassword(allauth_views.PasswordChangeView):
    """The present password, and the second factor where there is one."""

    def get_default_success_url(self) -> str:
        return reverse("security")


@require_POST
def start_over(request: HttpRequest) -> HttpResponse:
    """Leave a sign-in or registration that waits for a code, and begin again."""
    clear_login(request)
    request.session.pop("account_email_verification_code", None)
    return HttpResponseRedirect(reverse("account_login"))


@login_required
def no_password_yet(request: HttpRequest) -> HttpResponse:
    """Somebody the bank brought over has no password: it is made with a code by mail, like a forgotten one."""
    messages.info(request, _("You have no password yet. Ask for a code by e-mail to make one."))
    return HttpResponseRedirect(reverse("account_reset_password"))


@require_safe
def timed_out(request: HttpRequest) -> HttpResponse:
    """Say that the session ended and lead back to where it ended."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(get_next_redirect_url(request) or reverse("home"))
    back = get_next_redirect_url(request)
    return render(request, "access/timed_out.html", {"next_query": urlencode({"next": back}) if back else ""})


def too_many_requests(request: HttpRequest) -> HttpResponseBase:
    """Answer somebody who asks too often: when to try again, in words and for machines."""
    response = render(request, "access/too_many.html", status=429)
    response["Retry-After"] = "60"
    return response


login = allauth_views.login
signup = Signup.as_view()
logout = Logout.as_view()
confirm_email = ConfirmEmail.as_view()
reset_password = allauth_views.password_reset
confirm_reset_code = ConfirmResetCode.as_view()
complete_reset = allauth_views.complete_password_reset
reset_done = allauth_views.password_reset_from_key_done
change_password = ChangePassword.as_view()
reauthenticate = allauth_views.reauthenticate
inactive = allauth_views.account_inactive
