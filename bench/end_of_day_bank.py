"""The bank that bench/end_of_day carries a day out for: made by the database, set by set."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model

AT_ONCE = 20_000  # rows a statement
SHORT_EVERY, TOLD_EVERY = 50, 10
AMOUNT, FUNDS, BEFORE = 10_00, 1_000_00, 1_00
MONTHS = (60, 30)  # days before: each payer has paid their neighbour then, so that the rules have something to measure
NEIGHBOUR = "n + CASE WHEN n %% 2 = 1 THEN 1 ELSE -1 END"
FILLED = (
    "accounts_user", "accounts_customer", "accounts_bankaccount", "accounts_disposition", "payments_payee",
    "schedules_schedule", "ledger_account", "ledger_entry", "ledger_line",
    "payments_transfer",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    accounts: int
    orders: int

    def __str__(self) -> str:
        return f"{self.accounts:,} accounts, {self.orders:,} orders due"


def fill(template: "Model", by_number: Mapping[str, str], first: int, last: int, source: str = "") -> None:
    """Insert a row like the template for each number `n`; `by_number` says in SQL what differs, by column."""
    from django.db import connection

    columns: dict[str, str] = {}
    values: list[Any] = []
    for field in template._meta.concrete_fields:
        column = str(field.column)
        if column in by_number:
            columns[column] = by_number[column]
        elif field.unique and field.get_internal_type() == "UUIDField":
            columns[column] = "gen_random_uuid()"
        elif not field.primary_key:
            columns[column] = f"%s::{field.db_type(connection)}"
            values.append(field.get_db_prep_save(field.pre_save(template, add=True), connection))
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{template._meta.db_table}" ({names}) SELECT {", ".join(columns.values())}'
            f" FROM generate_series(%s::bigint, %s::bigint) AS n {source}",
            [*values, first, last],
        )


def lay(size: Size, *, day: Any, now: datetime, say: Any) -> None:
    """Make customers two and two, every account with money, and the orders between neighbours.

    Account n owes its payment to its neighbour, and has paid them in the months before; one in fifty is a cent short in
    the morning. One order in ten has a sister, due the day after, whose payer is told of it on the day.
    """
    from django.conf import settings
    from django.db import connection

    from core.policy import loader
    from ledger import chart
    from payments.monitoring import rules

    loader.load(settings.POLICY_FILE)
    rules.load(now=now)
    cash = chart.ensure("CNY", now=now)["cash"]
    for first in range(1, size.accounts + 1, AT_ONCE):
        last = min(first + AT_ONCE - 1, size.accounts)
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, {"first": first, "last": last, "now": now})
        _people(first, last, now)
        if first <= size.orders:
            _orders(first, min(last, size.orders), day, now)
        with connection.cursor() as cursor:
            cursor.execute(
                _PAY_IN,
                {
                    "first": first, "last": last, "cash": cash, "day": now.date(), "short": AMOUNT - 1, "funds": FUNDS,
                    "every": SHORT_EVERY,
                },
            )  # fmt: skip
        if first <= size.orders:
            for days in MONTHS:
                _paid(first, min(last, size.orders), now - timedelta(days=days))
        say(last, size.accounts)
    with connection.cursor() as cursor:
        for table in ("accounts_user", "accounts_customer", "accounts_bankaccount", "payments_payee"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def _people(first: int, last: int, now: datetime) -> None:
    from accounts.models import BankAccount, Customer, Disposition, User

    fill(User(password="!", language="en"), {"id": "n", "email": "'c' || n || '@bench.example'"}, first, last)
    fill(
        Customer(standing=Customer.Standing.VERIFIED, verified_at=now, created_at=now),
        {"id": "n", "user_id": "n", "legal_name": "'Customer ' || n"},
        first,
        last,
    )
    fill(
        BankAccount(currency="CNY", opened_on=now.date()),
        {
            "id": "n", "ledger_account_id": "held.id", "number": "'8810' || lpad(n::text, 12, '0')",
        },
        first,
        last,
        "JOIN ledger_account held ON held.code = 'bench:' || n",
    )  # fmt: skip
    fill(Disposition(role="owner"), {"customer_id": "n", "bank_account_id": "n"}, first, last)


def _orders(first: int, last: int, day: Any, now: datetime) -> None:
    from payments.models import Payee
    from payments.schedules.models import Schedule

    fill(
        Payee(
            alias="Neighbour", shown_name="*r", name_check="agrees", state="active", created_at=now, expires_at=now,
            confirmed_at=now,
        ),
        {"id": "n", "customer_id": "n", "bank_account_id": NEIGHBOUR},
        first,
        last,
    )  # fmt: skip
    for due, every in ((day, 1), (day + timedelta(days=1), TOLD_EVERY)):
        fill(
            Schedule(
                kind="customer", shown_name="*r", amount=AMOUNT, currency="CNY", memo="rent", unit="month",
                starts_on=due, holiday="after", notice_days=1, next_nominal=due, next_day=due,
                told_for=None if every > 1 else due, step_up=uuid.uuid4(), created_at=now,
            ),
            {
                "payer_id": "n", "source_id": "n", "destination_id": NEIGHBOUR, "payee_id": "n",
            },
            first,
            last,
            f"WHERE n %% {every} = 0",
        )  # fmt: skip


def _paid(first: int, last: int, at: datetime) -> None:
    """What neighbours have paid one another on a day in the past."""
    from django.db import connection

    from payments.models import Transfer

    prefix = f"bench:{at:%Y%m%d}:"
    with connection.cursor() as cursor:
        cursor.execute(
            _PAY_NEIGHBOUR,
            {"first": first, "last": last, "day": at.date(), "amount": BEFORE, "prefix": prefix},
        )
    fill(
        Transfer(
            kind="customer", amount=BEFORE, currency="CNY", memo="rent", shown_name="*r", payer_name="Payer",
            payee_name="Payee", state="confirmed", business_date=at.date(), created_at=at, expires_at=at,
            confirmed_at=at,
        ),
        {
            "reference": f"'{at:%y%m%d}' || lpad(n::text, 10, '0')", "payer_id": "n", "source_id": "n",
            "destination_id": NEIGHBOUR, "payee_id": "n", "key": "gen_random_uuid()", "entry_id": "e.id",
            "verification_code": f"'{at:%m%d}' || lpad(n::text, 12, '0')",
        },
        first,
        last,
        f"JOIN ledger_entry e ON e.key = '{prefix}' || n",
    )  # fmt: skip


_OPEN = """
    SELECT count(*) FROM (
      SELECT (ledger_open_accounts(array_agg('bench:' || n), array_agg('bench'::text), array_agg('liability'::text),
                                   array_agg('CNY'::text), array_agg(true), array_agg(0::bigint), %(now)s)).account_id
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) n) opened
"""
# One entry each: the account's money from the bank's cash.
_PAY_IN = """
    WITH money AS (
        SELECT n, a.id, CASE WHEN n %% %(every)s = 1 THEN %(short)s::bigint ELSE %(funds)s::bigint END AS amount,
               (row_number() OVER (ORDER BY n))::int AS entry
          FROM generate_series(%(first)s::bigint, %(last)s::bigint) n JOIN ledger_account a ON a.code = 'bench:' || n
    ), entries AS (
        SELECT array_agg('bench:' || n ORDER BY entry) AS keys,
               array_agg('counter.cash_in'::text ORDER BY entry) AS kinds,
               array_agg('counter'::text ORDER BY entry) AS channels, array_agg(%(day)s::date ORDER BY entry) AS days
          FROM money
    ), lines AS (
        SELECT array_agg(entry ORDER BY entry, side) AS entries,
               array_agg(CASE side WHEN 1 THEN id ELSE %(cash)s END ORDER BY entry, side) AS accounts,
               array_agg(CASE side WHEN 1 THEN amount ELSE -amount END ORDER BY entry, side) AS amounts
          FROM money CROSS JOIN (VALUES (1), (2)) s (side)
    )
    SELECT count(*) FROM entries e, lines l,
           LATERAL ledger_post_many(e.keys, e.kinds, e.channels, e.days, l.entries, l.accounts, l.amounts)
"""
# One entry each: from an account to its neighbour's.
_PAY_NEIGHBOUR = """
    WITH money AS (
        SELECT n, a.id AS gives, b.id AS takes, (row_number() OVER (ORDER BY n))::int AS entry
          FROM generate_series(%(first)s::bigint, %(last)s::bigint) n JOIN ledger_account a ON a.code = 'bench:' || n
          JOIN ledger_account b ON b.code = 'bench:' || n + CASE WHEN n %% 2 = 1 THEN 1 ELSE -1 END
    ), entries AS (
        SELECT array_agg(%(prefix)s || n ORDER BY entry) AS keys,
               array_agg('payments.transfer'::text ORDER BY entry) AS kinds,
               array_agg('system'::text ORDER BY entry) AS channels, array_agg(%(day)s::date ORDER BY entry) AS days
          FROM money
    ), lines AS (
        SELECT array_agg(entry ORDER BY entry, side) AS entries,
               array_agg(CASE side WHEN 1 THEN gives ELSE takes END ORDER BY entry, side) AS accounts,
               array_agg(CASE side WHEN 1 THEN -%(amount)s::bigint ELSE %(amount)s END ORDER BY entry, side) AS amounts
          FROM money CROSS JOIN (VALUES (1), (2)) s (side)
    )
    SELECT count(*) FROM entries e, lines l,
           LATERAL ledger_post_many(e.keys, e.kinds, e.channels, e.days, l.entries, l.accounts, l.amounts)
"""
