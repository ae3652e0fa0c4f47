"""The customers of the bank test, signed in: prints what a browser of theirs would send and where they may pay to.

Each holds one account in every currency, knows all others as payees, and has allowed transfers to payees they trust and
between own accounts without a code. The figures that would end the test after a few transfers are raised first, as
dated rows, and a reference rate of today is loaded.
"""

import io
import json
import sys
import tempfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after setup
from django.utils import timezone  # noqa: E402

from accounts import services  # noqa: E402
from accounts.models import BankAccount, Customer, User  # noqa: E402
from bench.bank_exchanges import TERMS  # noqa: E402
from bench.pages_people import browser  # noqa: E402
from core.policy.models import Figure  # noqa: E402
from ledger import chart, posting  # noqa: E402
from ledger.calendar import business_date  # noqa: E402
from payments.models import Freedom, Payee  # noqa: E402

SINCE = date(2026, 1, 2)
PLENTY, MANY = "100000000.00", "10000000"
LIMITS = ("payment_limit", "daily_limit", "monthly_limit", "yearly_limit", "payment_limit_most", "daily_limit_most",
          "monthly_limit_most", "yearly_limit_most", "free.trusted.payment", "free.trusted.total", "free.own.payment",
          "free.own.total", "large_sum")  # fmt: skip
COUNTS = ("daily_count", "monthly_count", "yearly_count", "daily_count_most", "monthly_count_most", "yearly_count_most",
          "free.trusted.count", "free.own.count")  # fmt: skip


def figures(currencies: list[str], now: datetime) -> None:
    """Raise what would stop a customer who pays thousands of times a day, and let a program be as quick as it is."""
    rows = {f"transfer.{name}": ("int", MANY) for name in COUNTS} | {"transfer.human_seconds": ("int", "0")}
    for unit in (currency.lower() for currency in currencies):
        rows |= {f"transfer.{name}.{unit}": ("decimal", PLENTY) for name in LIMITS}
        rows |= {
            f"stepup.passkey_above.payments.{what}.{unit}": ("decimal", PLENTY) for what in ("transfer", "exchange")
        }
        rows[f"payee.cooling_most.{unit}"] = ("decimal", PLENTY)
    rows["exchange.sold_year.usd"] = ("decimal", PLENTY)
    rows |= {f"exchange.spread_percent.{unit.lower()}": ("decimal", share) for unit, share in TERMS.spread.items()}
    Figure.objects.bulk_create(
        Figure(
            key=key, effective_from=SINCE, type=kind, value=value, unit="", source="the bank test",
            meaning_en="for the bank test", meaning_zh="压力测试用", loaded_at=now,
        )
        for key, (kind, value) in rows.items()
    )  # fmt: skip


def rates(now: datetime) -> None:
    """Load one day's reference rates through the portal's own door."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(f"Date,{','.join(TERMS.per_euro)}\n{business_date(now)},{','.join(TERMS.per_euro.values())}\n")
        file.flush()
        call_command("load_rates", file.name, source="ecb", verbosity=0, stdout=io.StringIO())


def person(number: int, currencies: list[str], each: int, now: datetime) -> tuple[Customer, dict[str, BankAccount]]:
    user = User.objects.create(email=f"customer{number}@bench.example", password="!", language="en")
    customer = Customer.objects.create(
        user=user, legal_name=f"Customer {number}", standing=Customer.Standing.VERIFIED, verified_at=now,
        created_at=now,
    )  # fmt: skip
    held = {}
    for currency in currencies:
        held[currency] = services.open_demand_account(
            customer=customer, currency=currency, key=f"bench:{number}:{currency}", now=now
        )
        posting.post(
            key=f"bench:{number}:{currency}", kind="counter.cash_in", channel="counter",
            business_date=business_date(now),
            lines=[
                posting.Line(held[currency].ledger_account_id, each),
                posting.Line(chart.ensure(currency, now=now)["cash"], -each),
            ],
        )  # fmt: skip
        for kind in ("trusted", "own"):
            Freedom.objects.create(customer=customer, kind=kind, currency=currency, given_at=now)
    return customer, held


def main(count: int, currencies: list[str], each: int) -> None:
    now = timezone.now()
    figures(currencies, now)
    rates(now)
    bank = [person(number, currencies, each, now) for number in range(count)]
    found: list[dict[str, Any]] = []
    for number, (customer, held) in enumerate(bank):
        payees = [
            Payee(
                customer=customer, bank_account=account, alias=f"Payee {other} {currency}", shown_name="*",
                name_check=Payee.NameCheck.AGREES, state=Payee.State.ACTIVE, created_at=now - timedelta(days=30),
                expires_at=now, confirmed_at=now - timedelta(days=30), trusted_at=now - timedelta(days=30),
            )
            for other, (_customer, theirs) in enumerate(bank)
            for currency, account in theirs.items()
            if other != number
        ]  # fmt: skip
        made = {payee.bank_account_id: payee for payee in Payee.objects.bulk_create(payees)}
        cookies, token = browser(customer.user)  # type: ignore[arg-type]
        found.append(
            {
                "customer": customer.pk,
                "cookies": cookies,
                "token": token,
                "accounts": {
                    currency: {"id": str(account.public_id), "books": account.ledger_account_id}
                    for currency, account in held.items()
                },
                "payees": [
                    {
                        "to": f"payee:{made[account.pk].public_id}",
                        "currency": currency,
                        "books": account.ledger_account_id,
                    }
                    for other, (_customer, theirs) in enumerate(bank)
                    for currency, account in theirs.items()
                    if other != number
                ],
            }
        )
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2].split(","), int(Decimal(sys.argv[3])))
