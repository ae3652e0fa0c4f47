"""What the pages about access need to know, as plain values."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS
from psycopg import sql

from accounts.access import agents
from accounts.access.models import FactorDevice
from accounts.contacts import Contact, Kind
from accounts.models import Customer, User
from core import prepared

_ATTRIBUTES = [field.attname for field in Customer._meta.concrete_fields]
_COLUMNS = sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in Customer._meta.concrete_fields])
_CUSTOMER = sql.SQL("SELECT {} FROM accounts_customer WHERE user_id = %s").format(_COLUMNS).as_string()
_HAS_FACTOR = "SELECT 1 FROM mfa_authenticator WHERE user_id = %s AND type IN ('totp', 'webauthn') LIMIT 1"


def customer_of(user: User) -> Customer | None:
    """This function will find the customer a person signs in as, if they are one, in one query."""
    found = prepared.rows(_CUSTOMER, [user.pk])
    return Customer.from_db(DEFAULT_DB_ALIAS, _ATTRIBUTES, found[0]) if found else None


def customer_who_signs_in(public_id: uuid.UUID) -> Customer | None:
    """This function will find a customer who has a sign-in, for colleagues who help them."""
    return Customer.objects.select_related("user").filter(public_id=public_id, user__isnull=False).first()


def has_factor(user: User) -> bool:
    """This function will say whether a person has an authenticator app or a passkey."""
    return bool(prepared.rows(_HAS_FACTOR, [user.pk]))


def person_at(contact: Contact) -> User | None:
    """This function will find who may sign in with an address or a number, in one query; None when nobody may."""
    whose = {"phone_index": contact.index} if contact.is_phone else {"email": contact.value}
    return User.objects.filter(is_active=True, **whose).first()


def holder_of(contact: Contact) -> int | None:
    """This function will find whose address or number this is, confirmed or not, in one query."""
    whose = {"phone_index": contact.index} if contact.is_phone else {"email": contact.value}
    return User.objects.filter(**whose).values_list("pk", flat=True).first()


def unconfirmed(user: User) -> Contact | None:
    """This function will give the contact a person has yet to confirm to get in; None when one is confirmed."""
    if user.phone_verified_at is not None or EmailAddress.objects.filter(user=user, verified=True).exists():
        return None
    return Contact(Kind.EMAIL, user.email) if user.email else user.phone


@dataclass(frozen=True)
class Factor:
    """A second factor as its owner sees it."""

    public_id: uuid.UUID
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """Everything a person can prove themselves with; `codes_left` is None where there are no recovery codes."""

    app: Factor | None
    passkeys: list[Factor]
    codes_left: int | None

    @property
    def any(self) -> bool:
        return self.app is not None or bool(self.passkeys)


def factors_of(user: User) -> Factors:
    """This function will list a person's second factors in one query."""
    app, passkeys, codes_left = None, [], None
    rows = FactorDevice.objects.select_related("authenticator").filter(user_id=user.pk).order_by("pk")
    for row in rows:
        held = row.authenticator
        if held.type == Authenticator.Type.RECOVERY_CODES:
            codes_left = len(held.wrap().get_unused_codes())
            continue
        factor = Factor(row.public_id, _name(held), held.created_at, held.last_used_at)
        if held.type == Authenticator.Type.TOTP:
            app = factor
        else:
            passkeys.append(factor)
    return Factors(app, passkeys, codes_left)


def _name(authenticator: Authenticator) -> str:
    data: dict[str, Any] = authenticator.data
    return str(data.get("name", ""))


@dataclass(frozen=True)
class OpenSession:
    """A session as its owner sees it; `id` is the row's, good for nobody else."""

    id: int
    device: str
    ip: str
    since: datetime
    is_this_one: bool


def sessions_of(user: User, *, current_key: str | None, now: datetime) -> list[OpenSession]:
    """This function will list the sessions of a person that are still open, this one first, in two queries."""
    rows = list(UserSession.objects.filter(user_id=user.pk).order_by("-created_at"))
    alive = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=now).values_list(
            "session_key", flat=True
        )
    )
    found = [
        OpenSession(row.pk, agents.describe(row.user_agent), row.ip, row.created_at, row.session_key == current_key)
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda session: not session.is_this_one)
