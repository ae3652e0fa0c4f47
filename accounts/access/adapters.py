"""How allauth behaves at this bank."""

import html
import logging
import secrets
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import contacts, vault
from accounts.access import devices, letters, lockout, queries, sentcodes, services
from accounts.inbox import sms
from accounts.models import User
from core.audit.middleware import client_ip

log = logging.getLogger(__name__)


def device_cookie() -> str:
    """This function will name the cookie by which a browser is known again."""
    return "__Host-device" if settings.HTTPS else "device"


MISMATCH = _("Address or number and password do not match. Check both and try again.")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in, and the mails and passwords of the entrance."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": MISMATCH,
        "phone_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "incorrect_code": _("This code is not right. Check the six digits we sent."),
        "incorrect_password": _("This password is not right."),
        "enter_current_password": _("This is not your present password."),
        "rate_limited": _("A code was sent less than a minute ago. Wait a little before you ask for another."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request) or "::"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, or say plainly that no mail could be sent: to known and unknown alike."""
        try:
            super().send_mail(template_prefix, email, {**context, "bank": letters.bank_name()})
        except (SMTPException, OSError) as error:
            log.exception("a code could not be mailed")
            page = render(allauth_context.request, "access/mail_failed.html", status=503)
            raise ImmediateHttpResponse(page) from error

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """Mails are plain text: what the template engine escaped for a page is written out again."""
        message = super().render_mail(*args, **kwargs)
        message.subject, message.body = html.unescape(message.subject), html.unescape(str(message.body))
        return message

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at, strangers' and known browsers' apart."""
        contact = _contact(credentials)
        try:
            self._try = lockout.begin(
                request=request,
                contact=contact,
                device=request.COOKIES.get(device_cookie(), ""),
                now=timezone.now(),
            )
        except lockout.Locked as locked:
            raise ValidationError(
                _(
                    "Too many wrong tries. Wait until %(time)s, then try again, or sign in with a passkey. "
                    "A device you have signed in with before is not kept waiting."
                )
                % {"time": letters.clock_time(locked.until)},
                code="locked",
            ) from locked

    def _rollback_login_failed_rl_usage(self) -> None:
        """The password was right."""
        self._try.right()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002
        services.note_failed_sign_in(contact=_contact(credentials), now=timezone.now())

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Who has not confirmed where we reach them does that first."""
        if (refused := super().pre_login(request, user, **kwargs)) is not None:
            return refused
        contact = queries.unconfirmed(user)
        if contact is None:
            return None
        here, now = HttpResponseRedirect(reverse("account_email_verification_sent")), timezone.now()
        back = kwargs.get("redirect_url") or ""
        try:
            sentcodes.begin(request=request, purpose="register", contact=contact, user=user, next_url=back, now=now)
        except (sentcodes.AskedTooOften, sms.TooMany):
            sent = sentcodes.pending(request=request, purpose="register", now=now)
            if sent is None or sent.user_id != user.pk:
                messages.error(request, self.error_messages["rate_limited"])
                return HttpResponseRedirect(reverse("account_login"))
        return here

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Ask for the password again, counted like a sign-in."""
        contact = contacts.Contact(contacts.Kind.EMAIL, user.email) if user.email else user.phone
        found = self.authenticate(allauth_context.request, password=password, **{contact.kind.value: contact.value})
        return found is not None and found.pk == user.pk

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone_index=contacts.Contact(contacts.Kind.PHONE, phone).index).first()

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone.value, user.phone_verified_at is not None) if user.phone else None

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        token = request.COOKIES.get(device_cookie(), "")
        if not 32 <= len(token) <= 64:
            token = secrets.token_urlsafe(32)
        services.recognise_device(user=user, token=token, agent=self.get_http_user_agent(request), now=timezone.now())
        devices.note_session(session_key=request.session.session_key, token=token)
        response.set_cookie(
            device_cookie(), token, max_age=400 * 24 * 3600, samesite="Lax", secure=settings.HTTPS, httponly=True
        )
        return speak(response, user.language)

    def set_password(self, user: Any, password: str) -> None:
        """Change the password, end the person's other sessions and tell them, all together."""
        present = allauth_context.request.session.session_key if allauth_context.request.user == user else None
        services.set_password(user=user, password=password, keep_session=present, now=timezone.now())

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor proves themselves with it: a password alone changes nothing about security."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        stronger = [method for method in methods if method["id"] != "reauthenticate"]
        return stronger if stronger and queries.has_factor(user) else methods


def _contact(credentials: dict[str, Any]) -> contacts.Contact:
    """Who is tried, whichever way it was typed."""
    if phone := credentials.get("phone"):
        return contacts.Contact(contacts.Kind.PHONE, str(phone))
    return contacts.Contact(contacts.Kind.EMAIL, str(credentials.get("email", "")).strip().lower())


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets are sealed at rest, names are the bank's."""

    PURPOSE = "second-factor"
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or it was used already. Wait for the next one and type that."),
    }

    def encrypt(self, text: str) -> str:
        return vault.encrypt(text.encode(), self.PURPOSE).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return vault.decrypt(bytes.fromhex(encrypted_text), self.PURPOSE).decode()

    def _get_site_name(self) -> str:
        return letters.bank_name()

    def get_totp_label(self, user: Any) -> str:
        return str(user.reached_at)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}


def speak(response: HttpResponse, language: str) -> HttpResponse:
    """This function will let the next pages speak a person's language."""
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=settings.HTTPS,
            httponly=True,
        )
    return response
