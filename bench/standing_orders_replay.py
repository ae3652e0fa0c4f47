"""Another bank's months once more, its standing orders made by this bank's end of day (bench/standing_orders).

What is taken from the source, and what is found by ourselves:

- order.asc says from which account, to whom and how much. It has no dates: the day of an order, and that it has begun,
  are taken from the first payment that was observed. Every later payment is ours to predict.
- Every other movement is the source's own, booked on its day. So an account has the money it had there, and the floor
  that was observed (docs/migration.md).
- All dates lie 28 years later than they were: weekdays, month lengths and leap years are the same, and the dated
  figures of the policy table reach back to them.
- Orders pay accounts of this bank. Each payee at another bank gets an account here that stands in for the real one.
- A day goes as it does in the portal: in the morning what is due is made; then the source's movements, money in first;
  in the evening what an account was short for is tried once more; after midnight the date is closed and proven.
"""

import csv
import tempfile
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.core.management import call_command
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import BankAccount, Customer, Disposition
from accounts.statements.bank_import import COUNTERPARTS
from core import workdays
from core.intake import engine as intake
from core.runs import engine
from ledger import accounts as books
from ledger import posting
from ledger.money import Money
from ledger.steps import closing
from payments.models import Payee, StandingOrder
from payments.schedules.models import Occurrence, Schedule
from payments.schedules.rhythm import Holiday, Rhythm, Unit, following
from payments.schedules.steps import evening, morning
from portal.bank_import import LOADERS, berka

YEARS = 28
SHIFT = timedelta(days=28 * 365 + 7)  # 28 years hold seven leap days, whichever year they begin in
SENT = "PREVOD NA UCET"  # sent to another bank: all that standing orders do
FILES = ("districts", "customers", "accounts", "dispositions", "standing_orders", "transactions")
Way = tuple[str, str, str]  # account, bank and account of the payee


def _quiet(_day: date) -> None:
    return None


@dataclass
class Found:
    """What became of the payments of the source's standing orders, and of ours."""

    orders: int = 0  # in the table
    begun: int = 0  # of them, with a payment in the part at hand
    on_open_accounts: int = 0  # of them, on accounts that were open by the end of it
    payments: int = 0  # to other banks, in the source
    without_order: int = 0
    learned: int = 0  # the first one of each order
    expected: int = 0  # the later ones
    agreed_morning: int = 0  # same day, same amount
    agreed_evening: int = 0  # the same, at the second try
    missed: Counter[str] = field(default_factory=Counter)  # expected and not made, by our reason
    other: list[str] = field(default_factory=list)  # another day, another amount, or nothing at all
    ours_alone: list[str] = field(default_factory=list)  # made here, and not by the source
    other_symbol: int = 0  # expected ones whose purpose the source wrote otherwise than the order has it
    weekend: int = 0  # expected ones on a Saturday or Sunday
    days: Counter[int] = field(default_factory=Counter)  # of the month
    begun_here: int = 0  # orders that have come to life
    run: int = 0  # business dates carried out, from the first payment of an order on
    entries: int = 0  # of the source, booked as history
    balances_off: int = 0  # accounts whose balance at the end is not the source's exact sum

    @property
    def agreed(self) -> int:
        return self.agreed_morning + self.agreed_evening

    @property
    def share(self) -> Decimal:
        """Of the expected payments, those that agree in day and amount, in per cent."""
        return Decimal(100 * self.agreed) / self.expected if self.expected else Decimal(0)


def payments_of_orders(ordered: Iterable[berka.Movement]) -> dict[Way, list[berka.Movement]]:
    """This function will put the payments to other banks together by way, oldest first; pure."""
    ways: dict[Way, list[berka.Movement]] = defaultdict(list)
    for movement in ordered:
        if movement.operation == SENT:
            ways[movement.account, movement.bank, movement.counter_account].append(movement)
    return ways


class Replay:
    """One replay in an empty database. `accounts`: only these, by the source's numbers; `until`: no later day."""

    def __init__(self, source: Path, *, accounts: frozenset[str] | None = None, until: date | None = None) -> None:
        ordered = berka.movements(source)
        self.source, self.only = source, accounts
        self.history = [
            movement
            for movement in ordered
            if (accounts is None or movement.account in accounts) and (until is None or movement.on <= until)
        ]
        orders = [row for row in berka.rows(source, "order") if accounts is None or row["account_id"] in accounts]
        self.orders = {(row["account_id"], row["bank_to"], row["account_to"]): row for row in orders}
        if len(self.orders) != len(orders):
            raise ValueError("two orders share account and payee: their payments cannot be told apart")
        self.ways = payments_of_orders(self.history)
        self.found = Found(orders=len(orders))
        self._sort()

    def _sort(self) -> None:
        """Which payments are learned from, which are expected, and what is booked as the source has it."""
        found, begins = self.found, {}
        self.expected: dict[tuple[Way, date], berka.Movement] = {}
        for way, made in self.ways.items():
            found.payments += len(made)
            if way not in self.orders:
                found.without_order += len(made)
                continue
            begins[way] = made[0]
            for movement in made[1:]:
                self.expected[way, movement.on] = movement
        found.begun = found.learned = len(begins)
        found.expected = len(self.expected)
        opened = {movement.account for movement in self.history}
        found.on_open_accounts = sum(way[0] in opened for way in self.orders)
        for (way, on), movement in self.expected.items():
            found.weekend += on.weekday() >= 5
            found.days[on.day] += 1
            found.other_symbol += movement.symbol != self.orders[way]["k_symbol"]
        self.begins = {movement.ref: way for way, movement in begins.items()}
        predicted = {movement.ref for movement in self.expected.values()}
        self.days: dict[date, list[berka.Movement]] = defaultdict(list)
        for movement in self.history:
            if movement.ref not in predicted:
                self.days[movement.on].append(movement)

    def carry_out(self, *, tell: Callable[[date], None] = _quiet) -> Found:
        """This function will replay every day from the first movement to the last, and compare.

        The source's bank had no rules against fraud that its orders were shown to: here they are not, either.
        """
        with override_settings(MONITOR="payments.watching.everything_goes", MONITOR_MANY="payments.watching.all_go"):
            return self._carry_out(tell)

    def _carry_out(self, tell: Callable[[date], None]) -> Found:
        self._take_in()
        on, last = self.history[0].on, self.history[-1].on
        while on <= last:
            day = on + SHIFT
            if self.found.begun_here:
                self._advance(day, morning(day))
            self._book(on, day)
            if not self.found.begun_here:  # nothing is agreed yet: the day has only the source's own movements
                on += timedelta(days=1)
                continue
            self._advance(day, evening(day))
            if not self._advance(day, closing(day) + timedelta(seconds=1)).done:
                raise RuntimeError(f"{day} could not be closed")
            self.found.run += 1
            tell(on)
            on += timedelta(days=1)
        self._compare()
        return self.found

    @staticmethod
    def _advance(day: date, moment: datetime) -> engine.Progress:
        return engine.advance(name="end_of_day", day=day, clock=lambda: moment)

    def _take_in(self) -> None:
        """The people, accounts and orders, by the way every bank's come over; no movement yet."""
        with tempfile.TemporaryDirectory() as folder:
            directory = Path(folder)
            call_command("convert_berka", str(self.source), folder, stdout=_Silent())
            self._keep_only(directory)
            intake.take_in(directory=directory, loaders=LOADERS, now=timezone.now())
        # They were verified where they come from; nobody could be asked again.
        Customer.objects.update(standing=Customer.Standing.VERIFIED, verified_at=morning(self.history[0].on + SHIFT))
        self.accounts = {
            str(one.external_ref).removeprefix("berka:"): one for one in BankAccount.objects.exclude(external_ref=None)
        }
        self.owners = {
            one.bank_account_id: one.customer
            for one in Disposition.objects.filter(role=Disposition.Role.OWNER).select_related("customer")
        }
        self.brought = {
            (self._number(one.source_id), one.payee_bank, one.payee_account): one for one in StandingOrder.objects.all()
        }
        self.counterparts = self._open_counterparts()
        self.stand_ins = self._open_stand_ins()

    def _number(self, account_id: int) -> str:
        if not hasattr(self, "_numbers"):
            self._numbers = {one.pk: ref for ref, one in self.accounts.items()}
        return self._numbers[account_id]

    def _keep_only(self, directory: Path) -> None:
        for path in directory.glob("*.csv"):
            if path.stem not in FILES:
                path.unlink()
        holders: set[str] = set()
        if self.only is not None:
            for name, column in (("accounts", "account"), ("dispositions", "account"), ("standing_orders", "account")):
                kept = _filter(directory / f"{name}.csv", column, self.only)
                holders |= {row.get("customer", "") for row in kept}
            _filter(directory / "customers.csv", "customer", holders)
        _filter(directory / "transactions.csv", "account", frozenset())

    def _open_counterparts(self) -> dict[tuple[str, str], int]:
        """The bank's own accounts on the other side of the source's movements."""
        needed = {self._counterpart(movement) for made in self.days.values() for movement in made}
        ids = books.open_accounts(
            [
                books.NewAccount(code=code, name=code, kind=kind, currency="CZK", running=False, floor=None)
                for code, kind in sorted(needed)
            ],
            now=timezone.now(),
        )
        return {(code, kind): ids[code] for code, kind in needed}

    @staticmethod
    def _counterpart(movement: berka.Movement) -> tuple[str, str]:
        _channel, counter, kind = COUNTERPARTS[movement.kind]
        return ":".join(
            part for part in (counter, movement.bank if counter == "due-from-bank" else "", "CZK") if part
        ), kind

    def _open_stand_ins(self) -> dict[tuple[str, str], BankAccount]:
        """An account here for each payee of an order that has begun."""
        payees = sorted({(bank, account) for _payer, bank, account in self.begins.values()})
        opened = self.history[0].on + SHIFT
        ids = books.open_accounts(
            [
                books.NewAccount(
                    code=f"stand-in:{bank}:{account}", name="stand-in", kind="liability", currency="CZK",
                    running=True, floor=0,
                )
                for bank, account in payees
            ],
            now=timezone.now(),
        )  # fmt: skip
        owner = {
            bank: Customer.objects.create(
                legal_name=f"Payees at {bank}", standing=Customer.Standing.VERIFIED, verified_at=timezone.now(),
                created_at=timezone.now(),
            )
            for bank in sorted({bank for bank, _account in payees})
        }  # fmt: skip
        made = BankAccount.objects.bulk_create(
            [
                BankAccount(
                    ledger_account_id=ids[f"stand-in:{bank}:{account}"], number=f"9{number:015d}", currency="CZK",
                    opened_on=opened,
                )
                for number, (bank, account) in enumerate(payees)
            ]
        )  # fmt: skip
        Disposition.objects.bulk_create(
            [
                Disposition(customer=owner[bank], bank_account=account, role=Disposition.Role.OWNER)
                for (bank, _), account in zip(payees, made, strict=True)
            ]
        )
        return dict(zip(payees, made, strict=True))

    def _book(self, on: date, day: date) -> None:
        """The source's movements of a day, money in first, and the orders that begin with one of them."""
        made = sorted(self.days[on], key=lambda movement: movement.amount < 0)
        if made:
            posting.post_many([self._draft(movement, day) for movement in made])
            self.found.entries += len(made)
        for movement in made:
            if (way := self.begins.get(movement.ref)) is not None:
                self._begin(way, day)

    def _draft(self, movement: berka.Movement, day: date) -> posting.Draft:
        amount = Money.of(str(movement.amount), "CZK").minor
        return posting.Draft(
            key=f"import:berka:{movement.ref}",
            kind=f"history.{movement.kind}",
            channel=COUNTERPARTS[movement.kind][0],
            business_date=day,
            lines=[
                posting.Line(self.accounts[movement.account].ledger_account_id, amount, movement.text),
                posting.Line(self.counterparts[self._counterpart(movement)], -amount),
            ],
        )

    def _begin(self, way: Way, day: date) -> None:
        """An order comes to life: from now on the end of day makes its payments. Nothing of it but the day is the
        first payment's; whom and how much it pays stands in the order that was taken in."""
        account, bank, number = way
        source, brought, to = self.accounts[account], self.brought[way], self.stand_ins[bank, number]
        payer, agreed = self.owners[source.pk], closing(day - timedelta(days=30))
        payee, _made = Payee.objects.get_or_create(
            customer=payer, bank_account=to, state=Payee.State.ACTIVE,
            defaults={
                "alias": f"{number} at {bank}", "shown_name": bank, "name_check": "agrees", "created_at": agreed,
                "expires_at": agreed, "confirmed_at": agreed,
            },
        )  # fmt: skip
        rhythm = Rhythm(Unit.MONTH, starts_on=day, holiday=Holiday.SAME)
        due = following(rhythm, index=1, earliest=day + timedelta(days=1), working=workdays.calendar())
        if due is None:
            raise RuntimeError("a monthly order goes on for ever")
        Schedule.objects.create(
            payer=payer, source=source, destination=to, payee=payee, kind="customer", shown_name=bank,
            amount=brought.amount, currency="CZK", unit=rhythm.unit, every=rhythm.every, starts_on=rhythm.starts_on,
            holiday=rhythm.holiday, next_index=due.index, next_nominal=due.nominal, next_day=due.day, brought=brought,
            step_up=uuid.uuid4(), created_at=closing(day),
        )  # fmt: skip
        self.found.begun_here += 1

    def _compare(self) -> None:
        """Every expected payment against what became of its date here, and the other way round."""
        found, ways = self.found, {order.pk: way for way, order in self.brought.items()}
        seen = set()
        for one in Occurrence.objects.select_related("schedule", "transfer").order_by("id"):
            way, on = ways[one.schedule.brought_id or 0], one.day - SHIFT
            theirs = self.expected.get((way, on))
            if theirs is None:
                found.ours_alone.append(f"{on} {way}: {one.state} {one.reason}")
                continue
            seen.add((way, on))
            if one.state != Occurrence.State.MADE or one.transfer is None:
                found.missed[one.reason] += 1
            elif one.transfer.amount != Money.of(str(-theirs.amount), "CZK").minor:
                found.other.append(f"{on} {way}: {one.transfer.amount} here, {-theirs.amount} there")
            elif one.at < evening(one.day):
                found.agreed_morning += 1
            else:
                found.agreed_evening += 1
        found.other += [f"{on} {way}: nothing here" for way, on in self.expected if (way, on) not in seen]
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for movement in self.history:
            sums[movement.account] += movement.amount
        balances = dict(BankAccount.objects.values_list("pk", "ledger_account__balance"))
        found.balances_off = sum(
            balances[self.accounts[account].pk] != Money.of(str(total), "CZK").minor for account, total in sums.items()
        )


class _Silent:
    def write(self, _text: str) -> None:
        """Swallow what a command prints."""

    def flush(self) -> None:
        """Nothing is held back."""


def _filter(path: Path, column: str, wanted: Iterable[str]) -> list[dict[str, str]]:
    """Keep only the rows of a file whose column is wanted, and answer them."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        names = list(reader.fieldnames or ())
        kept = [row for row in reader if row[column] in wanted]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(kept)
    return kept
