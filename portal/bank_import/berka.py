"""The Czech bank of the PKDD'99 challenge (1993 to 1998), turned into the documented files.

What its files say and do not say, and what is made of it here, stands in docs/migration.md.
"""

import csv
import gzip
import hashlib
import lzma
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Final, TextIO, cast

ROUNDING: Final = Decimal("0.10")  # the bank printed amounts rounded to this

_FREQUENCIES: Final = {
    "POPLATEK MESICNE": "monthly",
    "POPLATEK TYDNE": "weekly",
    "POPLATEK PO OBRATU": "after_transaction",
}
_SIGNS: Final = {"PRIJEM": 1, "VYDAJ": -1, "VYBER": -1}
_KINDS: Final = {
    ("VKLAD", ""): "cash_deposit",
    ("PREVOD Z UCTU", ""): "transfer_in",
    ("PREVOD Z UCTU", "DUCHOD"): "pension",
    ("", "UROK"): "interest",
    ("VYBER", ""): "cash_withdrawal",
    ("VYBER", "SIPO"): "cash_withdrawal",
    ("VYBER", "SLUZBY"): "fee",
    ("VYBER", "SANKC. UROK"): "penalty_interest",
    ("VYBER KARTOU", ""): "card_withdrawal",
    ("PREVOD NA UCET", ""): "transfer_out",
    ("PREVOD NA UCET", "SIPO"): "household",
    ("PREVOD NA UCET", "UVER"): "loan_payment",
    ("PREVOD NA UCET", "POJISTNE"): "insurance",
    ("PREVOD NA UCET", "LEASING"): "leasing",
}
_PURPOSES: Final = {"SIPO": "household", "UVER": "loan_payment", "POJISTNE": "insurance", "LEASING": "leasing", "": ""}
_LOAN_STATES: Final = {"A": "repaid", "B": "ended_unpaid", "C": "running", "D": "in_arrears"}

_MEN: Final = [
    "Jan",
    "Petr",
    "Josef",
    "Pavel",
    "Martin",
    "Tomáš",
    "Jaroslav",
    "Miroslav",
    "Zdeněk",
    "František",
    "Václav",
    "Michal",
    "Karel",
    "Jakub",
    "Milan",
    "Lukáš",
    "Jiří",
    "David",
    "Vladimír",
    "Ladislav",
    "Ondřej",
    "Roman",
    "Stanislav",
    "Marek",
    "Radek",
    "Antonín",
    "Daniel",
    "Vojtěch",
    "Filip",
    "Adam",
]
_WOMEN: Final = [
    "Marie",
    "Jana",
    "Eva",
    "Anna",
    "Hana",
    "Věra",
    "Lenka",
    "Alena",
    "Lucie",
    "Petra",
    "Kateřina",
    "Helena",
    "Ludmila",
    "Zdeňka",
    "Jaroslava",
    "Martina",
    "Jitka",
    "Veronika",
    "Jarmila",
    "Michaela",
    "Ivana",
    "Monika",
    "Tereza",
    "Zuzana",
    "Vlasta",
    "Markéta",
    "Dagmar",
    "Dana",
    "Barbora",
    "Božena",
]
_SURNAMES: Final = [
    "Novák",
    "Svoboda",
    "Novotný",
    "Dvořák",
    "Černý",
    "Procházka",
    "Kučera",
    "Veselý",
    "Horák",
    "Němec",
    "Marek",
    "Pospíšil",
    "Pokorný",
    "Hájek",
    "Král",
    "Jelínek",
    "Růžička",
    "Beneš",
    "Fiala",
    "Sedláček",
    "Doležal",
    "Zeman",
    "Kolář",
    "Krejčí",
    "Navrátil",
    "Čermák",
    "Urban",
    "Vaněk",
    "Blažek",
    "Kříž",
    "Kratochvíl",
    "Kopecký",
    "Bartoš",
    "Vlček",
    "Musil",
    "Šimek",
    "Konečný",
    "Malý",
    "Holub",
    "Čech",
    "Štěpánek",
    "Staněk",
    "Kadlec",
    "Dostál",
    "Soukup",
    "Šťastný",
    "Mareš",
    "Sýkora",
    "Moravec",
    "Tichý",
]


class NotBerka(ValueError):
    """The source directory does not hold the Czech bank's files, or a row in them cannot be understood."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One row of trans.asc, with its sign."""

    ref: int
    account: str
    on: date
    operation: str
    symbol: str
    amount: Decimal
    balance: Decimal
    bank: str
    counter_account: str

    @property
    def kind(self) -> str:
        return _KINDS[(self.operation, self.symbol)]

    @property
    def text(self) -> str:
        """What the kind alone does not say: the source's own word."""
        return "SIPO" if (self.operation, self.symbol) == ("VYBER", "SIPO") else ""


def rows(source: Path, name: str) -> Iterator[dict[str, str]]:
    """This function will read one of the source's files, plain or compressed, leaving out a cut-off last line."""
    with _open(source, name) as stream:
        reader = csv.DictReader(stream, delimiter=";")
        for row in reader:
            if None in row or None in row.values():
                if next(reader, None) is not None:
                    raise NotBerka(f"{name} line {reader.line_num}: a row is cut off in the middle of the file")
                return
            yield {key: (value or "").strip() for key, value in row.items()}


def _open(source: Path, name: str) -> TextIO:
    found = sorted(path for pattern in (f"{name}.asc*", f"{name}_first_*.asc*") for path in source.glob(pattern))
    if not found:
        raise NotBerka(f"{source} holds no {name}.asc, plain or as .gz or .xz")
    path = found[0]
    if path.suffix == ".gz":
        return cast(TextIO, gzip.open(path, "rt", encoding="latin-1", newline=""))
    if path.suffix == ".xz":
        return cast(TextIO, lzma.open(path, "rt", encoding="latin-1", newline=""))
    return path.open("r", encoding="latin-1", newline="")


def day(text: str) -> date:
    """This function will read yymmdd as a day of the twentieth century; a time of day behind it is left out."""
    return date(1900 + int(text[:2]), int(text[2:4]), int(text[4:6]))


def born(number: str) -> tuple[date, str]:
    """This function will decode a birth number yymmdd, where women have 50 added to the month."""
    month = int(number[2:4])
    return date(
        1900 + int(number[:2]), month - 50 if month > 50 else month, int(number[4:6])
    ), "f" if month > 50 else "m"


def name_for(client: str, sex: str) -> str:
    """This function will invent a name for a client, the same one each time; the source has none."""
    number = int.from_bytes(hashlib.sha256(f"berka client {client}".encode()).digest()[:8], "big")
    first = (_WOMEN if sex == "f" else _MEN)[number % 30]
    surname = _SURNAMES[number // 30 % len(_SURNAMES)]
    return f"{first} {_of_a_woman(surname) if sex == 'f' else surname}"


def _of_a_woman(surname: str) -> str:
    if surname.endswith("ý"):
        return surname[:-1] + "á"
    if surname.endswith("í"):
        return surname
    if surname.endswith("a"):
        return surname[:-1] + "ová"
    if surname.endswith(("ek", "ec", "eš")) and surname not in {"Beneš", "Mareš"}:
        return surname[:-2] + surname[-1] + "ová"
    return surname + "ová"


def movements(source: Path) -> list[Movement]:
    """This function will read the movements that are there to the end of their day, in the order they were booked.

    Where the file is cut off, its last day is incomplete and is left out. Raises NotBerka when a day of an account
    cannot be put into an order in which each printed balance follows from the one before.
    """
    found, cut_off = [], _is_cut_off(source)
    for row in rows(source, "trans"):
        found.append(
            Movement(
                ref=int(row["trans_id"]),
                account=row["account_id"],
                on=day(row["date"]),
                operation=row["operation"] if row["type"] != "VYBER" else "VYBER",
                symbol=row["k_symbol"],
                amount=_SIGNS[row["type"]] * Decimal(row["amount"]),
                balance=Decimal(row["balance"]),
                bank=row["bank"],
                counter_account=row["account"] if row["account"] != "0" else "",
            )
        )
    last = max(movement.on for movement in found)
    if cut_off:
        found = [movement for movement in found if movement.on < last]
    return in_booking_order(found)


def _is_cut_off(source: Path) -> bool:
    """Say whether trans.asc ends in the middle of a row."""
    last = ""
    with _open(source, "trans") as stream:
        for line in stream:
            last = line
    return not last.endswith("\n") or last.count(";") != 9


def in_booking_order(found: Sequence[Movement]) -> list[Movement]:
    """This function will order movements by day, and inside a day so that each printed balance follows; pure."""
    days: dict[tuple[date, str], list[Movement]] = defaultdict(list)
    for movement in found:
        days[movement.on, movement.account].append(movement)
    printed: dict[str, Decimal] = defaultdict(Decimal)
    ordered = []
    for (on, account), rest in sorted(days.items(), key=lambda item: (item[0][0], int(item[0][1]))):
        chain = chained(sorted(rest, key=lambda movement: movement.ref), printed[account])
        if chain is None:
            raise NotBerka(f"account {account} on {on}: no order of the day makes the printed balances follow")
        ordered += chain
        printed[account] = chain[-1].balance
    return ordered


def chained(rest: list[Movement], before: Decimal) -> list[Movement] | None:
    """This function will search an order in which each printed balance follows from the one before, within rounding.

    Exact followers are tried first, then the smaller reference, so the answer is the same each time; pure.
    """
    if not rest:
        return []
    followers = [(abs(m.balance - before - m.amount), m.ref, m) for m in rest]
    for off, _, movement in sorted(followers, key=lambda follower: follower[:2]):
        if off > ROUNDING:
            return None
        tail = chained([other for other in rest if other is not movement], movement.balance)
        if tail is not None:
            return [movement, *tail]
    return None


def overdrafts(ordered: Sequence[Movement]) -> dict[str, Decimal]:
    """This function will find how far below zero each account was let go, printed or exact, in whole crowns; pure."""
    exact: dict[str, Decimal] = defaultdict(Decimal)
    lowest: dict[str, Decimal] = defaultdict(Decimal)
    for movement in ordered:
        exact[movement.account] += movement.amount
        lowest[movement.account] = min(lowest[movement.account], exact[movement.account], movement.balance)
    return {
        account: (-low).to_integral_value(rounding=ROUND_CEILING) for account, low in lowest.items() if low < 0
    }  # fmt: skip


def frequency(text: str) -> str:
    """This function will say how often statements went out; raises KeyError for an unknown word."""
    return _FREQUENCIES[text]


def purpose(symbol: str) -> str:
    """This function will say what a standing order is for; raises KeyError for an unknown word."""
    return _PURPOSES[symbol]


def loan_state(letter: str) -> str:
    """This function will say how a loan stands; raises KeyError for an unknown letter."""
    return _LOAN_STATES[letter]
