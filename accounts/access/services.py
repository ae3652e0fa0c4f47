"""Becoming a customer, and every change of what proves that somebody is who they say.

Each change, its audit row and the message to the person stand together or not at all.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import inbox, vault
from accounts.access import sessions
from accounts.access.models import KnownDevice
from accounts.models import Customer, User
from core import audit, outbox


class AlreadyRegistered(Exception):
    """Somebody signs in with this e-mail address already. Never shown: the answer is the same as for a new person."""


def register(*, email: str, password: str, language: str, now: datetime) -> User:
    """This function will make a person who can sign in, once the address is confirmed, and is a customer from then on.

    Sign-in, address, customer (not yet verified), audit row and the fact `accounts.registered` stand together.
    Raises AlreadyRegistered.
    """
    email = email.strip().lower()
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, language=language)
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
            customer = Customer.objects.create(user=user, created_at=now)
            audit.record(
                act="access.registered", subject=user, actor=user, after={"customer": str(customer.public_id)}, now=now
            )
            outbox.record(
                kind="accounts.registered", payload={"customer": str(customer.public_id)}, owner=customer, now=now
            )
    except IntegrityError as error:
        raise AlreadyRegistered(email) from error
    return user


def note_failed_sign_in(*, email: str, now: datetime) -> None:
    """This function will leave an audit row about a wrong password, naming the address by its blind index only."""
    index = vault.blind_index(email.strip().lower(), "access.sign_in")[:32]
    with transaction.atomic():
        audit.record(act="access.sign_in_failed", subject=f"email:{index}", actor="visitor", now=now)


def note_wrong_code(*, user: User, where: str, now: datetime) -> None:
    """This function will leave an audit row about a wrong second factor; `where` is sign-in or reauthentication."""
    with transaction.atomic():
        audit.record(act="access.code_refused", subject=user, actor=user, reason=where, now=now)


def recognise_device(*, user: User, token: str, device: str, now: datetime) -> None:
    """This function will note that a person signed in with a browser, and tell them when it is one they never used.

    The first browser of all is not announced: it is where the person registered. `device` names it in words.
    """
    digest = hashlib.sha256(token.encode()).hexdigest()
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if KnownDevice.objects.filter(user=user, digest=digest).update(last_seen_at=now):
            return
        is_first = not KnownDevice.objects.filter(user=user).exists()
        KnownDevice.objects.create(user=user, digest=digest, first_seen_at=now, last_seen_at=now)
        if is_first:
            return
        changed(
            user=user,
            act="access.new_device",
            after={"device": device},
            text=lambda: (
                _("You signed in with a new device"),
                _("It is %(device)s. If this was not you, change your password now and call us.") % {"device": device},
            ),
            now=now,
        )


def set_password(*, user: User, password: str, keep_session: str | None, now: datetime) -> None:
    """This function will give a person a new password and end their other sessions."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions.end_all_but(user=user, keep=keep_session, reason="password changed", now=now)
        changed(
            user=user,
            act="access.password_changed" if keep_session else "access.password_reset",
            text=lambda: (
                _("Your password was changed"),
                _("All your other sessions were ended. If this was not you, reset your password now and call us."),
            ),
            now=now,
        )


def factor_added(*, user: User, name: str, keep_session: str | None, now: datetime) -> None:
    """This function will note a new second factor: audit row, message, other sessions ended."""
    sessions.end_all_but(user=user, keep=keep_session, reason="second factor added", now=now)
    changed(
        user=user,
        act="access.factor_added",
        after={"factor": name},
        text=lambda: (
            _("A second step was added"),
            _("It is asked for when you sign in and before money leaves. If this was not you, call us now."),
        ),
        now=now,
    )


def factor_removed(*, user: User, name: str, keep_session: str | None, now: datetime) -> None:
    """This function will note that a second factor is gone: audit row, message, other sessions ended."""
    sessions.end_all_but(user=user, keep=keep_session, reason="second factor removed", now=now)
    changed(
        user=user,
        act="access.factor_removed",
        before={"factor": name},
        text=lambda: (
            _("A second step was removed"),
            _("It opens nothing any more. If this was not you, call us now."),
        ),
        now=now,
    )


def recovery_codes_made(*, user: User, now: datetime) -> None:
    """This function will note new recovery codes: audit row and message."""
    changed(
        user=user,
        act="access.recovery_codes_made",
        text=lambda: (
            _("New recovery codes were made"),
            _("The former codes no longer work. If this was not you, call us now."),
        ),
        now=now,
    )


def changed(
    *,
    user: User,
    act: str,
    text: Callable[[], tuple[str, str]],
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
    now: datetime,
) -> None:
    """This function will leave the audit row and the message about a change, inside the change's transaction."""
    row = audit.record(act=act, subject=user, actor=user, before=before, after=after, now=now)
    event = act.removeprefix("access.")
    inbox.send(
        user=user, event=f"security.{event}", key=f"security:{row}", text=text, link=reverse("security"), now=now
    )
