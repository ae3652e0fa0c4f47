"""What accounts of class I, II and III may do: a table of the rules, then the door over the real books."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import class_limits, services
from accounts.classes import Caps, Used, Which, WhyNot, breach_in, breach_out, may_open
from accounts.models import BankAccount, Customer
from core import policy
from ledger import chart, posting
from ledger.calendar import business_date
from tests.factories import payments as make

TODAY = date(2026, 11, 23)
II = Caps(10_000_00, 200_000_00, 10_000_00, 200_000_00)
III = Caps(5_000_00, 100_000_00, 2_000_00, 50_000_00, 2_000_00)
NEXT_DAY, NEXT_YEAR = date(2026, 11, 24), date(2027, 1, 1)

# way, caps, amount, used, bound -> which rule, what is left, when it is whole again
TABLE: list[tuple[Any, Caps, int, Used, bool, tuple[Which, int, date | None] | None]] = [
    (breach_in, II, 10_000_00, Used(), False, None),
    (breach_in, II, 10_000_01, Used(), False, (Which.IN_DAY, 10_000_00, NEXT_DAY)),
    (breach_in, II, 1, Used(in_day=10_000_00), False, (Which.IN_DAY, 0, NEXT_DAY)),
    (breach_in, II, 10_000_00, Used(in_year=190_000_00), False, None),
    (breach_in, II, 10_000_00, Used(in_year=190_000_01), False, (Which.IN_YEAR, 9_999_99, NEXT_YEAR)),
    (breach_in, II, 1, Used(in_day=20_000_00, in_year=300_000_00), False, (Which.IN_YEAR, 0, NEXT_YEAR)),
    (breach_in, II, 5_000_000_00, Used(), True, None),
    (breach_in, II, 1, Used(out_day=10_000_00, out_year=200_000_00, balance=9_000_000_00), False, None),
    (breach_out, II, 10_000_00, Used(), False, None),
    (breach_out, II, 10_000_01, Used(), False, (Which.OUT_DAY, 10_000_00, NEXT_DAY)),
    (breach_out, II, 1, Used(out_year=200_000_00), False, (Which.OUT_YEAR, 0, NEXT_YEAR)),
    (breach_out, II, 5_000_000_00, Used(out_day=10_000_00), True, None),
    (breach_out, II, 1, Used(in_day=10_000_00, in_year=200_000_00), False, None),
    (breach_in, III, 2_000_00, Used(), False, None),
    (breach_in, III, 2_000_01, Used(), False, (Which.BALANCE, 2_000_00, None)),
    (breach_in, III, 2_000_01, Used(), True, (Which.BALANCE, 2_000_00, None)),
    (breach_in, III, 1_00, Used(balance=1_999_00), True, None),
    (breach_in, III, 1_000_00, Used(in_day=4_000_00), False, None),
    (breach_in, III, 1_000_01, Used(in_day=4_000_00), False, (Which.IN_DAY, 1_000_00, NEXT_DAY)),
    (breach_in, III, 1_000_01, Used(in_day=4_000_00), True, None),
    (breach_in, III, 1, Used(in_year=100_000_00), False, (Which.IN_YEAR, 0, NEXT_YEAR)),
    (breach_out, III, 2_000_00, Used(balance=2_000_00), False, None),
    (breach_out, III, 2_000_01, Used(balance=2_000_01), False, (Which.OUT_DAY, 2_000_00, NEXT_DAY)),
    (breach_out, III, 2_000_01, Used(balance=2_000_01), True, None),
    (breach_out, III, 1, Used(out_year=50_000_00), False, (Which.OUT_YEAR, 0, NEXT_YEAR)),
]


@pytest.mark.parametrize(("way", "caps", "amount", "used", "bound", "expected"), TABLE)
def test_the_table_of_the_classes(way, caps, amount, used, bound, expected):
    found = way(amount=amount, used=used, caps=caps, bound=bound, today=TODAY)
    assert ((found.which, found.left, found.resets_on) if found else None) == expected


@pytest.mark.parametrize(
    ("account_class", "held", "why"),
    [("ii", {"i": 1}, None), ("ii", {"i": 1, "ii": 4}, None), ("ii", {"i": 1, "ii": 5}, WhyNot.FULL),
     ("iii", {"i": 1, "ii": 5}, None), ("iii", {"i": 1, "iii": 5}, WhyNot.FULL), ("iii", {"ii": 1}, WhyNot.UNBOUND),
     ("i", {}, WhyNot.FACE_TO_FACE), ("i", {"i": 1}, WhyNot.FULL)],
)  # fmt: skip
def test_how_many_of_each_class_one_person_may_hold(account_class, held, why):
    assert may_open(account_class, held=held, most={"i": 1, "ii": 5, "iii": 5}) == why


# ── Over the books ───────────────────────────────────────────────────────────


@pytest.fixture
def owner(db: None, now: datetime) -> Customer:
    return make.customer(now=now)


@pytest.fixture
def first(owner: Customer, now: datetime) -> BankAccount:
    return make.account(owner, balance=500_000_00, now=now)


def opened(owner: Customer, first: BankAccount, account_class: str, now: datetime) -> BankAccount:
    return services.open_bound_account(
        customer=owner, account_class=account_class, bound_to=first, key=uuid.uuid4().hex, now=now
    )


def move(source: BankAccount, to: BankAccount, amount: int, on: date) -> posting.Posted:
    return posting.post(
        key=f"test:{uuid.uuid4()}",
        kind="payments.transfer",
        channel="online",
        business_date=on,
        lines=[posting.Line(source.ledger_account_id, -amount), posting.Line(to.ledger_account_id, amount)],
    )


def test_the_figures_of_the_policy_table_are_those_of_the_rules(db: None) -> None:
    assert class_limits.caps("ii", currency="CNY", on=TODAY) == II
    assert class_limits.caps("iii", currency="CNY", on=TODAY) == III
    assert class_limits.most(on=TODAY) == {"i": 1, "ii": 5, "iii": 5}


@pytest.mark.parametrize("name", ["in_day", "in_year", "out_day", "out_year", "balance"])
def test_a_class_three_account_without_one_of_its_figures_moves_nothing(
    owner: Customer, first: BankAccount, now: datetime, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    third, known = opened(owner, first, "iii", now), policy.value

    def without(key: str, *, on: date) -> object:
        if key == f"account_class.iii.{name}.cny":
            raise policy.UnknownPolicy(key)
        return known(key, on=on)

    monkeypatch.setattr(policy, "value", without)
    with pytest.raises(policy.UnknownPolicy):
        class_limits.stop(source_id=first.pk, destination_id=third.pk, amount=1, today=business_date(now), lock=False)


def test_what_is_used_comes_from_the_books_without_the_bound_account_and_without_what_was_reversed(
    owner: Customer, first: BankAccount, now: datetime
) -> None:
    second, today = opened(owner, first, "ii", now), business_date(now)
    stranger = make.account(make.customer("李明", now=now), balance=9_000_00, now=now)
    move(first, second, 50_000_00, today)
    move(stranger, second, 1_000_00, today)
    move(stranger, second, 500_00, today - timedelta(days=20))
    move(stranger, second, 700_00, date(2025, 12, 31))
    back = move(stranger, second, 400_00, today)
    posting.reverse(
        entry_id=back.entry_id, key=f"test:{uuid.uuid4()}", kind="books.reversal", channel="counter",
        business_date=today,
    )  # fmt: skip
    move(second, stranger, 300_00, today)
    move(second, first, 20_000_00, today)
    make.pay_in(second, 50_00, now=now)
    found = class_limits.standing(second.pk, today=today)
    assert found is not None
    assert found.used == Used(in_day=1_050_00, in_year=1_550_00, out_day=300_00, out_year=300_00, balance=31_950_00)
    assert class_limits.standing(first.pk, today=today) is None


def test_the_door_names_the_end_that_stops_and_lets_class_one_pass(
    owner: Customer, first: BankAccount, now: datetime
) -> None:
    second, third, today = opened(owner, first, "ii", now), opened(owner, first, "iii", now), business_date(now)
    stranger = make.account(make.customer("李明", now=now), balance=90_000_00, now=now)

    def stop(source: BankAccount, to: BankAccount | None, amount: int) -> tuple[bool, str] | None:
        with transaction.atomic():
            found = class_limits.stop(
                source_id=source.pk, destination_id=to.pk if to else None, amount=amount, today=today
            )
        return (found.at_source, found.breach.which.value) if found else None

    assert stop(first, stranger, 90_000_00) is None
    assert stop(first, second, 90_000_00) is None
    assert stop(stranger, second, 10_000_01) == (False, "in_day")
    assert stop(second, stranger, 10_000_01) == (True, "out_day")
    assert stop(second, None, 10_000_01) == (True, "out_day")  # to another bank
    assert stop(first, third, 2_000_01) == (False, "balance")
    assert stop(second, third, 2_000_00) is None
    assert stop(second, third, 2_000_01) == (False, "balance")


def test_an_account_of_class_two_is_bound_to_an_own_open_class_one_account(
    owner: Customer, first: BankAccount, now: datetime
) -> None:
    other = make.account(make.customer("李明", now=now), now=now)
    second = opened(owner, first, "ii", now)
    crowns = make.account(owner, currency="CZK", now=now)
    for wrong in (other, second):
        with pytest.raises(services.CannotOpen):
            opened(owner, wrong, "ii", now)
    with pytest.raises(LookupError), transaction.atomic():  # no limits are set for that currency
        opened(owner, crowns, "ii", now)
    with pytest.raises(services.CannotOpen):
        opened(owner, first, "i", now)
    BankAccount.objects.filter(pk=first.pk).update(status="closed")
    with pytest.raises(services.CannotOpen):
        opened(owner, first, "iii", now)
    assert BankAccount.objects.filter(account_class__in=["ii", "iii"]).count() == 1


def test_the_sixth_account_of_a_class_is_refused_and_a_repeat_answers_the_first(
    owner: Customer, first: BankAccount, now: datetime
) -> None:
    key = uuid.uuid4().hex
    for _turn in range(2):
        services.open_bound_account(customer=owner, account_class="iii", bound_to=first, key=key, now=now)
    for _turn in range(4):
        opened(owner, first, "iii", now)
    with pytest.raises(services.CannotOpen) as refused:
        opened(owner, first, "iii", now)
    assert refused.value.why is WhyNot.FULL
    assert services.held_by_class(owner) == {"i": 1, "iii": 5}
    with pytest.raises(services.AccountKeyReused):
        services.open_bound_account(customer=owner, account_class="ii", bound_to=first, key=key, now=now)


def test_the_database_keeps_lower_classes_bound_and_class_one_unbound(first: BankAccount) -> None:
    for wrong in ({"account_class": "ii"}, {"bound_to": first}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BankAccount.objects.filter(pk=first.pk).update(**wrong)


def test_code_of_an_earlier_edition_still_opens_accounts(owner: Customer, first: BankAccount) -> None:
    """An INSERT that does not know the new columns makes an account of class I."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_default FROM information_schema.columns WHERE table_name = 'accounts_bankaccount'"
                       " AND column_name = 'account_class'")  # fmt: skip
        assert "'i'" in cursor.fetchone()[0]
    assert first.account_class == "i"
    assert chart.find("cash", "CNY")
