"""Opening accounts for customers, and giving a sign-in to a customer who was brought over from another bank."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts import class_limits
from accounts.classes import CLASS_I, CLASS_II, CLASS_III, WhyNot, may_open
from accounts.models import BankAccount, Customer, Disposition, User
from accounts.numbers import account_number
from core import audit
from ledger import accounts as chart
from ledger.calendar import business_date

BOOKS_NAME = {CLASS_I: "Demand account", CLASS_II: "Class II account", CLASS_III: "Class III account"}
KEY_LENGTH = 56  # what is left of a ledger account's code after "deposit:"


class AccountKeyReused(Exception):
    """The key has already opened an account for another customer or in another currency."""


class CannotOpen(Exception):
    """No account of this class is opened; `why` says it."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


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
    return _open(customer=customer, currency=currency, key=key, account_class=CLASS_I, bound_to=None, now=now)


def open_bound_account(
    *, customer: Customer, account_class: str, bound_to: BankAccount, key: str, now: datetime
) -> BankAccount:
    """This function will open an account of class II or III bound to a class I account of its owner, once for each key.

    As `open_demand_account`. Raises CannotOpen when there are as many already as there may be, when the class is not
    opened so, or when the account to bind it to is not the customer's own open class I account; AccountKeyReused,
    ValueError.
    """
    return _open(
        customer=customer, currency=bound_to.currency, key=key, account_class=account_class, bound_to=bound_to, now=now
    )


def held_by_class(customer: Customer) -> Counter[str]:
    """This function will count the open accounts a customer owns, by class."""
    return Counter(
        BankAccount.objects.filter(
            dispositions__customer=customer, dispositions__role=Disposition.Role.OWNER, status=BankAccount.Status.OPEN
        ).values_list("account_class", flat=True)
    )


def _open(
    *, customer: Customer, currency: str, key: str, account_class: str, bound_to: BankAccount | None, now: datetime
) -> BankAccount:
    code = deposit_code(key)
    with transaction.atomic():
        Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        opened = BankAccount.objects.filter(ledger_account__code=code).first()
        if opened is not None:
            same = (opened.currency, opened.account_class, opened.bound_to_id) == (
                currency, account_class, bound_to.pk if bound_to else None,
            )  # fmt: skip
            if not same or not opened.dispositions.filter(customer=customer).exists():
                raise AccountKeyReused(key)
            return opened
        if bound_to is not None:
            _may_be_bound(customer, account_class, bound_to, now)
        books = chart.open_account(
            code=code,
            name=BOOKS_NAME[account_class],
            kind="liability",
            currency=currency,
            running=True,
            floor=0,
            now=now,
        )
        bank_account = BankAccount.objects.create(
            ledger_account_id=books.pk,
            number=account_number(product=BankAccount.Product.DEMAND, serial=books.pk),
            product=BankAccount.Product.DEMAND,
            currency=currency,
            district_id=customer.district_id,
            opened_on=business_date(now),
            account_class=account_class,
            bound_to=bound_to,
        )
        Disposition.objects.create(customer=customer, bank_account=bank_account, role=Disposition.Role.OWNER)
        audit.record(
            act="accounts.opened",
            subject=bank_account,
            after={
                "number": bank_account.number,
                "currency": currency,
                "customer": str(customer.public_id),
                **({"class": account_class, "bound_to": bound_to.number} if bound_to else {}),
            },
            now=now,
        )
    return bank_account


def _may_be_bound(customer: Customer, account_class: str, bound_to: BankAccount, now: datetime) -> None:
    """Look once more at what counts, under the customer's lock."""
    on = business_date(now)
    why = may_open(account_class, held=held_by_class(customer), most=class_limits.most(on=on))
    own = BankAccount.objects.filter(
        pk=bound_to.pk,
        status=BankAccount.Status.OPEN,
        account_class=CLASS_I,
        dispositions__customer=customer,
        dispositions__role=Disposition.Role.OWNER,
    )
    if why is None and not own.exists():
        why = WhyNot.UNBOUND
    if why is not None:
        raise CannotOpen(why)
    class_limits.caps(account_class, currency=bound_to.currency, on=on)  # a currency without limits has no such class


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
