"""What the owner of an account hears while somebody asks for a new second step: everywhere, with the way to stop it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.access import letters
from accounts.recovery.models import Recovery
from core.reviews.subject import Reason
from core.ui import formats

SALT = "accounts.recovery.stop"


def stop_token(recovery: Recovery) -> str:
    """This function will make what a notice's link carries; it opens one page, for one request."""
    return signing.Signer(salt=SALT).sign(recovery.public_id.hex)


def request_of(token: str) -> str | None:
    """This function will read a link's token, or answer None when it was not made here for this."""
    try:
        return signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return None


def begun(recovery: Recovery, *, now: datetime) -> None:
    """This function will tell the owner that somebody asked."""

    def text() -> tuple[str, str]:
        return (
            _("Somebody asked to replace your second step"),
            _(
                "If it was you: nothing happens before %(ready)s. If not, stop it now: %(link)s "
                "or sign in and stop it under Security, or call %(phone)s."
            )
            % _facts(recovery),
        )

    _tell(recovery, "begun", text, now)


def halfway(recovery: Recovery, *, now: datetime) -> None:
    """This function will tell the owner that half of the wait is over."""

    def text() -> tuple[str, str]:
        return (
            _("Your second step is about to be replaced"),
            _(
                "Somebody asked for it, and from %(ready)s on it can happen. "
                "If it was not you, stop it now: %(link)s or call %(phone)s."
            )
            % _facts(recovery),
        )

    _tell(recovery, "halfway", text, now)


def approved(recovery: Recovery, *, now: datetime) -> None:
    """This function will tell the owner that people have agreed, and what may happen when."""

    def text() -> tuple[str, str]:
        return (
            _("A new second step was approved"),
            _(
                "From %(ready)s on you can set it up: sign in with your password and choose “I lost my device and the "
                "codes”. If you did not ask for it, stop it now: %(link)s or call %(phone)s."
            )
            % _facts(recovery),
        )

    _tell(recovery, "approved", text, now)


def declined(recovery: Recovery, reasons: Sequence[Reason], *, now: datetime) -> None:
    """This function will tell the owner why the request was not approved."""

    def text() -> tuple[str, str]:
        said = [f"{reason.tells} {reason.advice}".strip() for reason in reasons]
        return (
            _("Your second step stays as it was"),
            "\n".join([*said, _("Nothing has changed. Call %(phone)s if you need help.") % _facts(recovery)]),
        )

    _tell(recovery, "declined", text, now)


def stopped(recovery: Recovery, *, not_me: bool, now: datetime) -> None:
    """This function will tell the owner that the request was stopped."""

    def text() -> tuple[str, str]:
        if not_me:
            body = _(
                "Somebody else knew your password, so it no longer works. Make a new one with a code: %(reset)s. "
                "Your second step stays as it was."
            )
        else:
            body = _("It was withdrawn. Your second step stays as it was.")
        return _("The request for a new second step was stopped"), body % _facts(recovery)

    _tell(recovery, "stopped", text, now)


def done(recovery: Recovery, *, until: datetime, now: datetime) -> None:
    """This function will tell the owner that the second step was replaced."""

    def text() -> tuple[str, str]:
        return (
            _("Your second step was replaced"),
            _(
                "The old device and the old recovery codes open nothing any more, and every session was ended. "
                "Until %(until)s only small sums leave online. If it was not you, call now: %(phone)s."
            )
            % {**_facts(recovery), "until": _moment(until)},
        )

    _tell(recovery, "done", text, now)


def _tell(recovery: Recovery, what: str, text: Callable[[], tuple[str, str]], now: datetime) -> None:
    """By message, mail and text to where the person is reached, and to where they were reached until lately."""
    inbox.send(
        user=recovery.user,
        event=f"security.recovery_{what}",
        key=f"recovery:{recovery.public_id}:{what}",
        text=text,
        link=reverse("recovery_own"),
        now=now,
    )
    letters.tell_former(user=recovery.user, purpose=f"security.recovery_{what}", text=text, now=now)


def _facts(recovery: Recovery) -> dict[str, str]:
    return {
        "ready": _moment(recovery.ready_at) if recovery.ready_at else "",
        "link": settings.PUBLIC_URL + reverse("recover_stop", args=[stop_token(recovery)]),
        "reset": settings.PUBLIC_URL + reverse("account_reset_password"),
        "phone": settings.BRAND["phone"],
    }


def _moment(moment: datetime) -> str:
    return formats.moment(timezone.localtime(moment), get_language() or settings.LANGUAGE_CODE)
