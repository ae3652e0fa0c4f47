"""Opening accounts for customers, and giving a sign-in to a customer who was brought over from another bank."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import BankAccount, Customer, Disposition, User
from accounts.numbers import account_number
from core import audit
from ledger import accounts as chart
from ledger.calendar import business_date

KEY_LENGTH = 56  # what is left of a ledger account's code after "deposit:"


class AccountKeyReused(Exception):
    """The key has already opened an account for another customer or in another currency."""


class SignInTaken(Exception):
    """The customer already signs in, or the e-mail belongs to another customer or to staff."""


@dataclass(frozen=True)
class SignIn:
    """Who may now sign in, and whether the person was made by this call."""

    user: User
    created: bool


def deposit_code(key: str) -> str:
    """This function will name the ledger account that a key opens; raises ValueError when the key is too long."""
    if not 0 < len(key) <= KEY_LENGTH:
        raise ValueError(f"an account's key has 1 to {KEY_LENGTH} characters, not {len(key)}")
    return f"deposit:{key}"


def open_demand_account(*, customer: Customer, currency: str, key: str, now: datetime) -> BankAccount:
    """This function will open a demand account for a customer, once for each key.

    Joins the open transaction or starts one. Locks the customer first, so two calls for one customer wait for each
    other; a repeat with the same key is answered with the account the first call opened. The balance starts at zero
    and its floor is zero. Raises AccountKeyReused, ValueError (key too long) and ledger.money.UnknownCurrency.
    """
    code = deposit_code(key)
    with transaction.atomic():
        Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        opened = BankAccount.objects.filter(ledger_account__code=code).first()
        if opened is not None:
            if opened.currency != currency or not opened.dispositions.filter(customer=customer).exists():
                raise AccountKeyReused(key)
            return opened
        books = chart.open_account(
            code=code, name="Demand account", kind="liability", currency=currency, running=True, floor=0, now=now
        )
        bank_account = BankAccount.objects.create(
            ledger_account_id=books.pk,
            number=account_number(product=BankAccount.Product.DEMAND, serial=books.pk),
            product=BankAccount.Product.DEMAND,
            currency=currency,
            district_id=customer.district_id,
            opened_on=business_date(now),
        )
        Disposition.objects.create(customer=customer, bank_account=bank_account, role=Disposition.Role.OWNER)
        audit.record(
            act="accounts.opened",
            subject=bank_account,
            after={"number": bank_account.number, "currency": currency, "customer": str(customer.public_id)},
            now=now,
        )
    return bank_account


def connect_sign_in(*, customer: Customer, email: str, actor: User | str | None = None, now: datetime) -> SignIn:
    """This function will let a customer without a sign-in sign in with an e-mail, without a password yet.

    Joins the open transaction or starts one, and locks the customer. A person who signs in with that e-mail already
    but is nobody's customer is connected; otherwise a person is made, whose e-mail counts as confirmed because the
    bank knows it.
    A repeat with the same e-mail changes nothing. Raises SignInTaken.
    """
    email = email.strip().lower()
    with transaction.atomic():
        # The lock is taken without the join: a waiter would get the new row beside the join's old, empty side.
        customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        if customer.user is not None:
            if customer.user.email == email:
                return SignIn(user=customer.user, created=False)
            raise SignInTaken("this customer signs in with another e-mail")
        user = User.objects.filter(email__iexact=email).first()
        created = user is None
        if user is None:
            user = User.objects.create_user(email, None, full_name="")
        elif user.is_staff or Customer.objects.filter(user=user).exists():
            raise SignInTaken("this e-mail belongs to somebody else")
        EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
        customer.user = user
        customer.save(update_fields=["user"])
        audit.record(
            act="accounts.sign_in_connected",
            subject=customer,
            actor=actor,
            after={"user": str(user.public_id)},
            now=now,
        )
    return SignIn(user=user, created=created)
