"""What is sent beside the inbox: codes, and word to where somebody was reached before. By mail or by text message."""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access.limits import figure
from accounts.contacts import Contact
from accounts.inbox import sms
from accounts.models import PastContact, User

# (purpose, whether there is somebody for the code) -> the mail's templates
MAILS = {
    ("register", True): "account/email/email_confirmation_signup",
    ("register", False): "account/email/account_already_exists",
    ("reset", True): "account/email/password_reset_code",
    ("reset", False): "account/email/unknown_account",
    ("change", True): "account/email/contact_change_code",
    ("change", False): "account/email/contact_change_taken",
}


def bank_name(language: str = "") -> str:
    """This function will name the bank in a language, or in the reader's."""
    names: dict[str, str] = settings.BRAND["name"]
    return names.get(language or get_language() or "", names["en"])


def source_of(request: HttpRequest) -> str:
    """This function will name the network an asker comes from: the address, or the first half of a longer one."""
    return str(ratelimit.get_ip(request))


def send_code(
    *,
    request: HttpRequest,
    purpose: str,
    contact: Contact,
    user: User | None,
    code: str,
    minutes: int,
    now: datetime,
) -> None:
    """This function will send a code, or what is said where it would open nothing. Raises sms.TooMany.

    Both kinds cost the same work. Mail leaves at once, a text message through the outbox.
    """
    known = user is not None
    if not contact.is_phone:
        get_adapter().send_mail(
            MAILS[purpose, known],
            contact.value,
            {
                "code": code,
                "minutes": minutes,
                "user": user,
                "signup_url": request.build_absolute_uri(reverse("account_signup")),
                "password_reset_url": request.build_absolute_uri(reverse("account_reset_password")),
            },
        )
        return
    words = _text(purpose, known=known, code=code, minutes=minutes)
    sms.send(
        to=contact,
        text=signed(words),
        purpose=f"code.{purpose}",
        user=user,
        source=source_of(request),
        expires_at=now + timedelta(minutes=minutes),
        now=now,
    )


def signed(words: str) -> str:
    """This function will put the bank's name in front, as text messages carry it."""
    return f"【{bank_name()}】{words}"


def tell_former(*, user: User, purpose: str, text: Callable[[], tuple[str, str]], now: datetime) -> None:
    """This function will tell the numbers and mailboxes a person was reached at lately what has happened.

    Where they are reached now is told by `inbox.send`. `text` answers (title, body) in the active language. Joins the
    open transaction.
    """
    since = now - timedelta(days=figure("contact.former_told_days", now))
    places = {row.contact for row in PastContact.objects.filter(user=user, replaced_at__gt=since)}
    with translation.override(user.language):
        title, body = text()
        closing = _("We never ask for your password or a code by e-mail or telephone.")
        name = bank_name()
        for contact in sorted(places, key=lambda one: (one.kind, one.value)):
            words = signed(body) if contact.is_phone else "\n\n".join([body, closing, name]) + "\n"
            sms.send(to=contact, text=words, subject=f"{name} | {title}", purpose=purpose, user=user, now=now)


def clock_time(moment: datetime) -> str:
    """This function will write a moment as the bank's clock shows it, to the second."""
    return timezone.localtime(moment).strftime("%H:%M:%S")


def _text(purpose: str, *, known: bool, code: str, minutes: int) -> str:
    if known:
        what = {
            "register": _("Code %(code)s to open your account, good for %(minutes)d minutes."),
            "reset": _("Code %(code)s for a new password, good for %(minutes)d minutes."),
            "change": _("Code %(code)s to use this number with us, good for %(minutes)d minutes."),
        }[purpose] % {"code": code, "minutes": minutes}
        return _("%(words)s We never ask for it. If it was not you, do nothing.") % {"words": what}
    return {
        "register": _(
            "Somebody wanted to open an account with this number. There is one already: sign in as usual. "
            "If it was not you, do nothing."
        ),
        "reset": _(
            "Somebody asked for a new password with this number. We know no account with it. "
            "If it was not you, do nothing."
        ),
        "change": _(
            "Somebody wanted to use this number with us. It belongs to an account already. Nothing has changed."
        ),
    }[purpose]
