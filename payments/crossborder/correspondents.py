"""The banks that carry payments abroad for this one, by currency, read from a file once."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from ledger.money import exponent
from payments.crossborder import ibans


class BrokenFile(ValueError):
    """The file of correspondents cannot be read."""


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Who carries a currency, and under which number they keep our account."""

    currency: str
    bic: str
    name: str
    account: str


def all_of_them() -> dict[str, Correspondent]:
    """This function will give every correspondent by currency, in the order of the file. Raises BrokenFile."""
    return _read(Path(settings.CROSSBORDER_CORRESPONDENTS))


def of(currency: str) -> Correspondent | None:
    """This function will find who carries a currency."""
    return all_of_them().get(currency)


@lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, Correspondent]:
    found: dict[str, Correspondent] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            currency = row["currency"]
            try:
                exponent(currency)
                bank = ibans.bank(row["bic"])
            except ValueError as error:
                raise BrokenFile(f"{path.name}: {currency!r} {row['bic']!r}") from error
            if currency in found or not row["account"]:
                raise BrokenFile(f"{path.name}: {currency!r} stands there twice, or without an account")
            found[currency] = Correspondent(currency, bank.bic, row["name"], row["account"])
    return found
