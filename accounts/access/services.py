"""Becoming a customer, and every change of what proves that somebody is who they say.

Each change, its audit row and the message to the person stand together or not at all.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import partial

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.access import agents, letters, notme, sessions
from accounts.access.models import KnownDevice
from accounts.contacts import Contact, Kind
from accounts.models import Customer, PastContact, User
from core import audit, outbox


class AlreadyRegistered(Exception):
    """Somebody signs in with this address or number already. Never shown: a new person is answered alike."""


def register(
    *, email: str | None = None, contact: Contact | None = None, password: str, language: str, now: datetime
) -> User:
    """This function will make a person who can sign in, once the contact is confirmed, and is a customer from then on.

    Give `contact`, or an e-mail address alone. Sign-in, address, customer (not yet verified), audit row and the fact
    `accounts.registered` stand together. Raises AlreadyRegistered; that takes as long as registering does.
    """
    contact = contact or Contact(Kind.EMAIL, (email or "").strip().lower())
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                None if contact.is_phone else contact.value,
                password,
                phone=contact if contact.is_phone else None,
                language=language,
            )
            if not contact.is_phone:
                EmailAddress.objects.create(user=user, email=contact.value, primary=True, verified=False)
            customer = Customer.objects.create(user=user, created_at=now)
            audit.record(
                act="access.registered", subject=user, actor=user, after={"customer": str(customer.public_id)}, now=now
            )
            outbox.record(
                kind="accounts.registered", payload={"customer": str(customer.public_id)}, owner=customer, now=now
            )
    except IntegrityError as error:
        raise AlreadyRegistered from error
    return user


def confirm_contact(*, user: User, contact: Contact, now: datetime) -> None:
    """This function will note that a person reads what is sent to one of their contacts."""
    if contact.is_phone:
        User.objects.filter(pk=user.pk, phone_index=contact.index, phone_verified_at=None).update(phone_verified_at=now)
        user.refresh_from_db(fields=["phone_verified_at"])
    else:
        EmailAddress.objects.filter(user=user, email=contact.value).update(verified=True)


def change_contact(*, user: User, contact: Contact, keep_session: str | None, now: datetime) -> bool:
    """This function will put a confirmed address or number in place of the one before; False when it is taken.

    The former one is told, and told of what happens for a while. Other sessions end. One transaction; the person's row
    is locked.
    """
    try:
        with transaction.atomic():
            user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
            former = user.phone if contact.is_phone else (Contact(Kind.EMAIL, user.email) if user.email else None)
            if former == contact:
                confirm_contact(user=user, contact=contact, now=now)
                return True
            if contact.is_phone:
                user.keep_phone(contact, verified_at=now)
                user.save(update_fields=["phone_sealed", "phone_index", "phone_verified_at"])
            else:
                EmailAddress.objects.filter(user=user).delete()
                EmailAddress.objects.create(user=user, email=contact.value, primary=True, verified=True)
                user.email = contact.value
                user.save(update_fields=["email"])
            sessions.end_all_but(user=user, keep=keep_session, reason="contact changed", now=now)
            if former is not None:
                PastContact.objects.create(user=user, kind=former.kind.value, sealed=former.seal(), replaced_at=now)
            changed(
                user=user,
                act="access.contact_changed",
                before={contact.kind.value: former.masked if former else ""},
                after={contact.kind.value: contact.masked},
                text=partial(_contact_changed, contact),
                now=now,
            )
    except IntegrityError:
        return False
    return True


def _contact_changed(contact: Contact) -> tuple[str, str]:
    if contact.is_phone:
        body = _("Your mobile number with us is now %(new)s. If this was not you, call us now: %(phone)s.")
    else:
        body = _("Your e-mail address with us is now %(new)s. If this was not you, call us now: %(phone)s.")
    return (
        _("Your mobile number was changed") if contact.is_phone else _("Your e-mail address was changed"),
        body % {"new": contact.masked, "phone": settings.BRAND["phone"]},
    )


def note_failed_sign_in(*, contact: Contact, now: datetime) -> None:
    """This function will leave an audit row about a wrong password, naming the contact by its blind index only."""
    with transaction.atomic():
        audit.record(
            act="access.sign_in_failed", subject=f"{contact.kind}:{contact.index[:32]}", actor="visitor", now=now
        )


def note_wrong_code(*, user: User, where: str, now: datetime) -> None:
    """This function will leave an audit row about a wrong second factor; `where` is sign-in or reauthentication."""
    with transaction.atomic():
        audit.record(act="access.code_refused", subject=user, actor=user, reason=where, now=now)


def recognise_device(*, user: User, token: str, agent: str, now: datetime) -> None:
    """This function will note that a person signed in with a browser, and tell them when it is one they never used.

    The first browser of all is not announced: it is where the person registered. `agent` is what it calls itself.
    """
    agent, device = agent[:200], agents.describe(agent)
    digest = hashlib.sha256(token.encode()).hexdigest()
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if KnownDevice.objects.filter(user=user, digest=digest).update(last_seen_at=now, agent=agent):
            return
        is_first = not KnownDevice.objects.filter(user=user).exists()
        KnownDevice.objects.create(user=user, digest=digest, agent=agent, first_seen_at=now, last_seen_at=now)
        if is_first:
            return
        changed(
            user=user,
            act="access.new_device",
            after={"device": device},
            text=lambda: (
                _("You signed in with a new device"),
                _("It is %(device)s. If this was not you, open this message and lock your access at once.")
                % {"device": agents.describe(agent)},
            ),
            link=notme.link(user=user, device=device, now=now),
            now=now,
        )


def end_for_customer(*, user: User, staff: User, reason: str, now: datetime) -> int:
    """This function will end every session of a customer for a colleague, and tell the customer; answers how many.

    When none was open nothing is written and nobody is told.
    """
    with transaction.atomic():
        ended = sessions.end_all_but(user=user, keep=None, reason="ended by the bank", now=now)
        if not ended:
            return 0
        row = audit.record(
            act="access.sessions_ended_by_staff", subject=user, actor=staff, after={"sessions": ended}, reason=reason,
            now=now,
        )  # fmt: skip
        inbox.send(
            user=user,
            event="security.sessions_ended_by_staff",
            key=f"security:{row}",
            text=_signed_out,
            link=reverse("security"),
            now=now,
        )
        letters.tell_former(user=user, purpose="security.sessions_ended_by_staff", text=_signed_out, now=now)
    return ended


def _signed_out() -> tuple[str, str]:
    return (
        _("We signed you out everywhere"),
        _(
            "A colleague of ours ended all your sessions to protect you. Sign in again as usual. Questions? "
            "Call us: %(phone)s."
        )
        % {"phone": settings.BRAND["phone"]},
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
    link: str = "",
    now: datetime,
) -> None:
    """This function will leave the audit row and the message about a change, inside the change's transaction.

    Where the person was reached until lately hears of it too: whoever takes an access over changes that first.
    """
    row = audit.record(act=act, subject=user, actor=user, before=before, after=after, now=now)
    event = act.removeprefix("access.")
    inbox.send(
        user=user,
        event=f"security.{event}",
        key=f"security:{row}",
        text=text,
        link=link or reverse("security"),
        now=now,
    )
    letters.tell_former(user=user, purpose=f"security.{event}", text=text, now=now)
