"""Changing where one is reached: a fresh proof, a code to the new place, word to the old one."""

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import queries, sentcodes, services
from accounts.access.forms import ChangeContactForm, SentCodeForm
from accounts.access.views.entrance import code_page, no_more_texts, send_again, too_many_requests, tried
from accounts.contacts import Kind
from accounts.inbox import sms
from accounts.models import User


@login_required
@reauthentication_required(app="allauth.mfa")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Ask for the new address or number. Whether somebody else has it shows nowhere: its holder is told."""
    user, now = cast("User", request.user), timezone.now()
    form = ChangeContactForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid():
        contact = form.cleaned_data["contact"]
        holder = queries.holder_of(contact)
        try:
            sentcodes.begin(
                request=request,
                purpose="change",
                contact=contact,
                user=user if holder is None or holder == user.pk else None,
                now=now,
            )
        except sentcodes.AskedTooOften:
            return too_many_requests(request)
        except sms.TooMany:
            form.add_error("contact", no_more_texts())
        else:
            return HttpResponseRedirect(reverse("confirm_contact_change"))
    present = user.phone.shown if user.phone else ""
    if kind is Kind.EMAIL:
        present = user.email or ""
    return render(request, "access/contact.html", {"form": form, "is_phone": kind is Kind.PHONE, "present": present})


@login_required
@reauthentication_required(app="allauth.mfa")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Type the code that came to the new place."""
    user, now = cast("User", request.user), timezone.now()
    sent = sentcodes.pending(request=request, purpose="change", now=now)
    if sent is None or sent.confirmed:
        return HttpResponseRedirect(reverse("security"))
    if request.POST.get("action") == "resend":
        return send_again(request, sent, reverse("confirm_contact_change"), now)
    form = SentCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = tried(request, form, sent, now)
        if answer is not None:
            return HttpResponseRedirect(reverse("security"))
        if not form.errors and sent.user_id == user.pk:
            sentcodes.forget(request)
            key = request.session.session_key
            if services.change_contact(user=user, contact=sent.contact, keep_session=key, now=now):
                messages.success(request, _("Changed. From now on we reach you there; your other sessions ended."))
            else:  # somebody else was quicker: the same sentence as for a wrong code
                messages.error(request, get_adapter().error_messages["incorrect_code"])
            return HttpResponseRedirect(reverse("security"))
    return render(request, "access/code.html", code_page(form, sent, now))
