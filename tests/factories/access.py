"""People for tests: the plainest valid ones."""

from datetime import UTC, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group

from accounts import contacts
from accounts.access import codes
from accounts.contacts import Contact
from accounts.models import Customer, User
from accounts.roles import Role

PASSWORD = "five quiet lanterns by the river"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def person(email: str = "lin@example.com", *, staff: bool = False, roles: tuple[Role, ...] = ()) -> User:
    """Somebody who can sign in with PASSWORD, their address confirmed."""
    user = User.objects.create_user(email, PASSWORD, is_staff=staff or bool(roles), language="en")
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    user.groups.set([Group.objects.get_or_create(name=role.value)[0] for role in roles])
    return user


def customer(email: str = "lin@example.com", *, standing: str = Customer.Standing.VERIFIED) -> Customer:
    """Somebody who can sign in and is a customer."""
    return Customer.objects.create(
        user=person(email), legal_name="林一", standing=standing, created_at=datetime(2026, 1, 5, tzinfo=UTC)
    )


def phone(user: User, number: str = "138 0001 2345", *, verified: bool = True) -> Contact:
    """Give somebody a mobile number."""
    contact = contacts.phone(number)
    user.keep_phone(contact, verified_at=datetime(2026, 1, 5, tzinfo=UTC) if verified else None)
    user.save()
    return contact


def enrol_app(user: User, secret: str = SECRET) -> Authenticator:
    """Give somebody an authenticator app."""
    return TOTP.activate(user, secret).instance


def recovery_codes(user: User) -> list[str]:
    """Give somebody recovery codes and tell them."""
    return RecoveryCodes.activate(user).get_unused_codes()


def app_code(moment: datetime, secret: str = SECRET) -> str:
    """What the authenticator app shows at a moment."""
    return codes.code_at(secret=secret, moment=moment)


def wrong_code(moment: datetime, secret: str = SECRET) -> str:
    """A code the app does not show anywhere near a moment."""
    near = {codes._code(codes.base64.b32decode(secret), codes.step_at(moment) + step) for step in range(-3, 4)}
    return next(code for number in range(10) if (code := f"{number:06d}") not in near)
