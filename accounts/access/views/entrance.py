"""Registering, signing in and out, sent codes, passwords; allauth's views where they need a word of ours."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import lockout, queries, sentcodes, services
from accounts.access.adapters import speak
from accounts.access.forms import NewPasswordForm, ResetPasswordForm, SentCodeForm, SignupForm
from accounts.contacts import Contact
from accounts.inbox import sms
from accounts.models import User

FORM_PAGES = {"register": "account/signup.html", "reset": "account/password_reset.html"}


class Signup(allauth_views.SignupView):
    """Register: a contact, a password, a language. The answer is the same for somebody who is registered already."""

    def form_valid(self, form: SignupForm) -> HttpResponseBase:  # type: ignore[override]
        now = timezone.now()
        refused = _send(
            self.request,
            form,
            purpose="register",
            whom=lambda: form.register(now=now),
            next_url=get_next_redirect_url(self.request) or "",
            now=now,
        )
        if refused is not None:
            return refused
        answer = HttpResponseRedirect(reverse("account_email_verification_sent"))
        return speak(answer, form.cleaned_data["language"])


class Logout(allauth_views.LogoutView):
    """Signing out is a POST; the page asked for with GET has the button."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _send(
    request: HttpRequest,
    form: Any,
    *,
    purpose: str,
    whom: Callable[[], User | None],
    next_url: str = "",
    now: datetime,
) -> HttpResponseBase | None:
    """Send a code to the contact of a form; the answer when none may be sent, else None."""
    contact: Contact = form.cleaned_data["contact"]
    user = whom()
    try:
        sentcodes.begin(request=request, purpose=purpose, contact=contact, user=user, next_url=next_url, now=now)
    except sentcodes.AskedTooOften:
        return too_many_requests(request)
    except sms.TooMany:
        form.add_error("contact", no_more_texts())
        return render(request, FORM_PAGES[purpose], {"form": form})
    return None


def no_more_texts() -> str:
    """This function will say that no further text message is sent today."""
    return _(
        "We send no more text messages there today, so no code is on its way. Use an e-mail address, or try tomorrow."
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_contact(request: HttpRequest) -> HttpResponseBase:
    """Type the code that opens an account, or have another sent."""
    now = timezone.now()
    sent = sentcodes.pending(request=request, purpose="register", now=now)
    if sent is None or request.user.is_authenticated:
        return HttpResponseRedirect(reverse("home" if request.user.is_authenticated else "account_login"))
    here = reverse("account_email_verification_sent")
    if request.POST.get("action") == "resend":
        return send_again(request, sent, here, now)
    form = SentCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = tried(request, form, sent, now)
        if answer is not None:
            return answer
        if not form.errors:
            user = _person(sent)
            sentcodes.forget(request)
            services.confirm_contact(user=user, contact=sent.contact, now=now)
            login = Login(user=user, email=user.email, signup=True, redirect_url=sent.next_url or None)
            return cast("HttpResponse", perform_login(request, login))
    return render(request, "access/code.html", code_page(form, sent, now, start_over=True))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: HttpRequest) -> HttpResponseBase:
    """Ask for a code to make a new password."""
    form = ResetPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        refused = _send(
            request,
            form,
            purpose="reset",
            whom=lambda: queries.person_at(form.cleaned_data["contact"]),
            next_url=get_next_redirect_url(request) or "",
            now=timezone.now(),
        )
        return refused or HttpResponseRedirect(reverse("account_confirm_password_reset_code"))
    return render(request, FORM_PAGES["reset"], {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_reset_code(request: HttpRequest) -> HttpResponseBase:
    """Type the code that lets somebody make a new password."""
    now = timezone.now()
    sent = sentcodes.pending(request=request, purpose="reset", now=now)
    if sent is None:
        return HttpResponseRedirect(reverse("account_login"))
    if sent.confirmed:
        return HttpResponseRedirect(reverse("account_complete_password_reset"))
    if request.POST.get("action") == "resend":
        return send_again(request, sent, reverse("account_confirm_password_reset_code"), now)
    form = SentCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = tried(request, form, sent, now)
        if answer is not None:
            return answer
        if not form.errors:
            return HttpResponseRedirect(reverse("account_complete_password_reset"))
    return render(request, "access/code.html", code_page(form, sent, now))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def complete_reset(request: HttpRequest) -> HttpResponseBase:
    """Make a new password after the code. Who has a second factor still needs it to sign in."""
    now = timezone.now()
    sent = sentcodes.pending(request=request, purpose="reset", now=now)
    if sent is None or not sent.confirmed:
        return HttpResponseRedirect(reverse("account_reset_password"))
    user = _person(sent)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        services.confirm_contact(user=user, contact=sent.contact, now=now)
        services.set_password(user=user, password=form.cleaned_data["password1"], keep_session=None, now=now)
        lockout.forgive(contact=sent.contact)
        sentcodes.forget(request)
        back = sent.next_url
        done = reverse("account_password_reset_completed")
        return HttpResponseRedirect(f"{done}?{urlencode({'next': back})}" if back else done)
    return render(request, "account/password_reset_from_key.html", {"form": form})


def _person(sent: sentcodes.Sent) -> User:
    """Whose code was right."""
    return User.objects.get(pk=cast("int", sent.user_id))


def send_again(request: HttpRequest, sent: sentcodes.Sent, here: str, now: datetime) -> HttpResponse:
    """This function will send another code, or say why not, and lead back to where it is typed."""
    try:
        sentcodes.again(request=request, sent=sent, now=now)
    except sentcodes.AskedTooOften:
        messages.error(request, get_adapter().error_messages["rate_limited"])
    except sms.TooMany:
        messages.error(request, no_more_texts())
    else:
        messages.success(request, _("Another code is on its way. The one before no longer works."))
    return HttpResponseRedirect(here)


def tried(request: HttpRequest, form: Any, sent: sentcodes.Sent, now: datetime) -> HttpResponse | None:
    """This function will look at a typed code: a wrong one becomes an error of the form, a dead one leads away."""
    try:
        sentcodes.check(request=request, sent=sent, code=form.cleaned_data["code"], now=now)
    except sentcodes.TooManyTries:
        form.add_error("code", _("Too many wrong codes. Wait ten minutes, then start again."))
    except sentcodes.Wrong:
        form.add_error("code", get_adapter().error_messages["incorrect_code"])
    except sentcodes.Dead:
        messages.error(request, _("Too many wrong codes. This code is void: wait ten minutes, then start again."))
        return HttpResponseRedirect(reverse("account_login"))
    return None


def code_page(form: Any, sent: sentcodes.Sent, now: datetime, *, start_over: bool = False) -> dict[str, Any]:
    """This function will give the page on which a code is typed what it shows."""
    return {
        "form": form,
        "purpose": sent.purpose,
        "is_phone": sent.contact.is_phone,
        "contact": sent.contact.shown,
        "minutes": sent.minutes(now),
        "may_start_over": start_over,
    }


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
    sentcodes.forget(request)
    return HttpResponseRedirect(reverse("account_login"))


@login_required
def no_password_yet(request: HttpRequest) -> HttpResponse:
    """Somebody the bank brought over has no password: it is made with a code by mail, like a forgotten one."""
    messages.info(request, _("You have no password yet. Ask for a code to make one."))
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
reset_done = allauth_views.password_reset_from_key_done
change_password = ChangePassword.as_view()
reauthenticate = allauth_views.reauthenticate
inactive = allauth_views.account_inactive
