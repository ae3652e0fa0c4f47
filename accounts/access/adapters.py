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
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts import vault
from accounts.access import agents, queries, services
from core.audit.middleware import client_ip

log = logging.getLogger(__name__)


def bank_name() -> str:
    """This function will name the bank in the reader's language."""
    names: dict[str, str] = settings.BRAND["name"]
    return names.get(get_language() or "", names["en"])


def device_cookie() -> str:
    """This function will name the cookie by which a browser is known again."""
    return "__Host-device" if settings.HTTPS else "device"


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up, sign-in, codes by mail."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail address and password do not match. Check both and try again."),
        "too_many_login_attempts": _(
            "Too many wrong tries. Wait five minutes, then try again, or sign in with a passkey."
        ),
        "incorrect_code": _("This code is not right. Check the six digits in the e-mail."),
        "incorrect_password": _("This password is not right."),
        "enter_current_password": _("This is not your present password."),
        "rate_limited": _("A code was sent less than a minute ago. Wait a little before you ask for another."),
        "email_taken": _("This code is not right. Check the six digits in the e-mail."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request) or "::"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, or say plainly that no mail could be sent: to known and unknown alike."""
        try:
            super().send_mail(template_prefix, email, {**context, "bank": bank_name()})
        except (SMTPException, OSError) as error:
            log.exception("a code could not be mailed")
            page = render(allauth_context.request, "access/mail_failed.html", status=503)
            raise ImmediateHttpResponse(page) from error

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """Mails are plain text: what the template engine escaped for a page is written out again."""
        message = super().render_mail(*args, **kwargs)
        message.subject, message.body = html.unescape(message.subject), html.unescape(str(message.body))
        return message

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002
        services.note_failed_sign_in(email=credentials.get("email", ""), now=timezone.now())

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        token = request.COOKIES.get(device_cookie(), "")
        if not 32 <= len(token) <= 64:
            token = secrets.token_urlsafe(32)
        services.recognise_device(
            user=user, token=token, device=agents.describe(self.get_http_user_agent(request)), now=timezone.now()
        )
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

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """Count per person, whichever of the portal's host names was used."""
        return str(credentials.get("email", "")).strip().lower()


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
        return bank_name()

    def get_totp_label(self, user: Any) -> str:
        return str(user.email)

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
