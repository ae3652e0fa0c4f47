"""What happens in bench/fraud, written into a bank's tables day by day; money moves by the books' own door."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bench.end_of_day_bank import Size, fill, lay
from bench.fraud_people import YUAN, Codes, Device, Event, Life, Payment

AT_ONCE = 20_000  # entries a call
CASH = 0  # stands for the bank's cash among customers' numbers


@dataclass(frozen=True, slots=True)
class Made:
    """A payment as it stands in the tables."""

    payment: Payment
    public_id: uuid.UUID
    place: int  # row of the table of transfers


class Books:
    """The bank that a life is written into. Customer, account and user have the same number."""

    def __init__(self, life: Life, *, now: datetime) -> None:
        from django.db import connection

        from ledger import chart

        self.life, self.transfers = life, 0
        lay(Size(life.number, 0), day=now.date(), now=now, say=lambda *_: None)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT b.id, b.ledger_account_id, a.balance FROM accounts_bankaccount b"
                " JOIN ledger_account a ON a.id = b.ledger_account_id"
            )
            rows = cursor.fetchall()
        self.account = {number: account for number, account, _ in rows}
        self.balance = {number: balance for number, _, balance in rows}
        self.account[CASH] = chart.ensure("CNY", now=now)["cash"]
        moves = []
        for one in life.people:
            missing = one.funds * YUAN - self.balance[one.number]
            moves.append((CASH, one.number, missing) if missing > 0 else (one.number, CASH, -missing))
        self._post([f"fraud:begin:{at}" for at in range(len(moves))], moves, "counter.cash", now.date())
        self._long_ago(now)

    def _long_ago(self, now: datetime) -> None:
        """Quiet people have paid somebody once, half a year to a year and a half before; everybody has a device."""
        quiet = [one.number for one in self.life.people if one.quiet]
        paid = [
            Payment(now - timedelta(days=self.life.dice.uniform(100, 500)), number, self.life.other(number), YUAN, None)
            for number in quiet
        ]
        for one in sorted(paid, key=lambda one: one.at):
            self.write([one], one.at.date())
        self._devices([Device(now - timedelta(days=200), one.number) for one in self.life.people])

    def write(self, events: Sequence[Event], day: date) -> list[Made]:
        """Write a day down, in order; answer its payments. Who has too little is paid in just before."""
        self._devices([one for one in events if isinstance(one, Device)])
        self._codes([one for one in events if isinstance(one, Codes)])
        payments = sorted((one for one in events if isinstance(one, Payment)), key=lambda one: one.at)
        made = [Made(one, uuid.uuid4(), self.transfers + at + 1) for at, one in enumerate(payments)]
        self.transfers += len(made)
        for first in range(0, len(made), AT_ONCE):
            part = made[first : first + AT_ONCE]
            self._cash_for(part, day)
            moves = [(one.payment.payer, one.payment.payee, one.payment.amount) for one in part]
            self._post([f"transfer:{one.public_id}" for one in part], moves, "payments.transfer", day)
            self._rows(part, day)
        self._fetched(day)
        return made

    def _fetched(self, day: date) -> None:
        """Whoever uses a lent account takes out at a machine in the evening what is still there."""
        moves = [(number, CASH, self.balance[number]) for number in self.life.lent]
        self._post([f"fraud:fetched:{day}:{number}" for number in self.life.lent], moves, "counter.cash", day)

    def _cash_for(self, part: Sequence[Made], day: date) -> None:
        """Pay in what somebody lacks, with a reserve that a lent account does not get."""
        held, missing = dict[int, int](), dict[int, int]()
        for one in part:
            payer, payee, amount = one.payment.payer, one.payment.payee, one.payment.amount
            held.setdefault(payer, self.balance[payer])
            held.setdefault(payee, self.balance[payee])
            if held[payer] < amount:
                lent = self.life.of(payer).lent
                more = amount - held[payer] + (0 if lent else 5_000 * YUAN)
                missing[payer] = missing.get(payer, 0) + more
                held[payer] += more
            held[payer] -= amount
            held[payee] += amount
        moves = [(CASH, number, amount) for number, amount in missing.items()]
        self._post([f"fraud:cash:{uuid.uuid4()}" for _ in moves], moves, "counter.cash", day)

    def _post(self, keys: Sequence[str], moves: Sequence[tuple[int, int, int]], kind: str, day: date) -> None:
        from django.db import connection

        moving = [(key, move) for key, move in zip(keys, moves, strict=True) if move[2]]
        if not moving:
            return
        entries, accounts, amounts = [], [], []
        for at, (_key, (giver, taker, amount)) in enumerate(moving, start=1):
            entries += [at, at]
            accounts += [self.account[giver], self.account[taker]]
            amounts += [-amount, amount]
            for number, change in ((giver, -amount), (taker, amount)):
                if number != CASH:
                    self.balance[number] += change
        number = len(moving)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM ledger_post_many(%s::text[], %s::text[], %s::text[], %s::date[], %s::int[],"
                " %s::bigint[], %s::bigint[])",
                [
                    [key for key, _ in moving], [kind] * number, ["online"] * number, [day] * number, entries, accounts,
                    amounts,
                ],
            )  # fmt: skip

    def _rows(self, part: Sequence[Made], day: date) -> None:
        from payments.models import Transfer

        self._brought(
            "made (n bigint, self uuid, payer bigint, payee bigint, amount bigint, at timestamptz)",
            [
                (one.place, one.public_id, one.payment.payer, one.payment.payee, one.payment.amount, one.payment.at)
                for one in part
            ],
        )
        at = part[0].payment.at
        fill(
            Transfer(
                kind="customer", currency="CNY", memo="", shown_name="*r", payer_name="Payer", payee_name="Payee",
                state="confirmed", business_date=day, created_at=at, expires_at=at,
            ),
            {
                "id": "n", "public_id": "made.self", "reference": "'F' || lpad(n::text, 12, '0')",
                "payer_id": "made.payer", "source_id": "made.payer", "destination_id": "made.payee",
                "amount": "made.amount", "key": "gen_random_uuid()", "entry_id": "e.id",
                "verification_code": "'F' || lpad(n::text, 15, '0')", "confirmed_at": "made.at",
            },
            part[0].place,
            part[-1].place,
            "JOIN made USING (n) JOIN ledger_entry e ON e.key = 'transfer:' || made.self",
        )  # fmt: skip

    def _devices(self, devices: Sequence[Device]) -> None:
        from accounts.access.models import KnownDevice

        if devices:
            self._brought(
                "made (n bigint, owner bigint, at timestamptz)",
                [(at, one.owner, one.at) for at, one in enumerate(devices, start=1)],
            )
            fill(
                KnownDevice(first_seen_at=devices[0].at, last_seen_at=devices[0].at),
                {"user_id": "made.owner", "digest": "gen_random_uuid()::text", "first_seen_at": "made.at"},
                1,
                len(devices),
                "JOIN made USING (n)",
            )

    def _codes(self, codes: Sequence[Codes]) -> None:
        from accounts.access.models import StepUp

        if codes:
            self._brought(
                "made (n bigint, owner bigint, at timestamptz, wrong int)",
                [(at, one.owner, one.at, one.wrong) for at, one in enumerate(codes, start=1)],
            )
            fill(
                StepUp(operation="bench", nonce=b"1", digest=b"2", created_at=codes[0].at, expires_at=codes[0].at),
                {
                    "user_id": "made.owner", "tries": "made.wrong", "created_at": "made.at",
                    "expires_at": "made.at + interval '5 minutes'",
                },
                1,
                len(codes),
                "JOIN made USING (n)",
            )  # fmt: skip

    def _brought(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Bring rows to the server in a table of this connection."""
        from django.db import connection

        name = table.split(maxsplit=1)[0]
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TEMP TABLE {table}")
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"ANALYZE {name}")
