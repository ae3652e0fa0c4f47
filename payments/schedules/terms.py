"""An order as a whole: what its payer is shown, confirms, and can change. Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from payments.schedules.rhythm import Ending, Holiday, Rhythm, Unit


@dataclass(frozen=True, slots=True)
class Terms:
    """Exactly one of `to_account`, `to_payee` and `to_bank` is given. Amounts: minor units, the account's currency."""

    source: uuid.UUID
    to_account: uuid.UUID | None
    to_payee: uuid.UUID | None
    amount: int
    memo: str
    unit: Unit
    starts_on: date
    every: int = 1
    last_day: bool = False
    holiday: Holiday = Holiday.SAME
    until: date | None = None
    count: int | None = None
    total: int | None = None
    notice_days: int = 0
    to_bank: uuid.UUID | None = None  # a payee at another bank

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(self.unit, self.starts_on, self.every, self.last_day, self.holiday, self.until)

    @property
    def ending(self) -> Ending:
        return Ending(self.count, self.total)

    def stored(self) -> dict[str, Any]:
        """This method will write the terms as plain values for keeping, and for what is approved."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Terms":
        """This method will read terms that `stored` wrote. Raises KeyError or ValueError for anything else."""
        return cls(
            source=uuid.UUID(stored["source"]),
            to_account=uuid.UUID(stored["to_account"]) if stored["to_account"] else None,
            to_payee=uuid.UUID(stored["to_payee"]) if stored["to_payee"] else None,
            amount=int(stored["amount"]),
            memo=str(stored["memo"]),
            unit=Unit(stored["unit"]),
            starts_on=date.fromisoformat(stored["starts_on"]),
            every=int(stored["every"]),
            last_day=bool(stored["last_day"]),
            holiday=Holiday(stored["holiday"]),
            until=date.fromisoformat(stored["until"]) if stored["until"] else None,
            count=stored["count"],
            total=stored["total"],
            notice_days=int(stored["notice_days"]),
            to_bank=uuid.UUID(stored["to_bank"]) if stored.get("to_bank") else None,  # younger than the others
        )


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Unit | Holiday):
        return value.value
    return value
