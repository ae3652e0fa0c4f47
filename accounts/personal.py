"""What a room says about what it keeps of a person (`settings.PERSONAL_DATA`, shown and exported by accounts.mydata).

A room writes, in its `personal.py`:

    def personal_data(*, customer: Customer, language: str) -> Sequence[Section]: ...

What is asked of it:

- The words are in the language that is active when it is called, which is `language`.
- A section is given even when it is empty, so that everything a room keeps is named.
- Each column names the field of the data dictionary (portal/personal_data.csv) it comes from. A test compares: what is
  marked as shown there is a column here, and nothing else is.
- `rows` is called when the rows are wanted, and may be called more than once. It asks no query for each row.
- Secrets, codes, keys and digests of them are never in it, nor what the bank suspects of whom.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from ledger.money import Money

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Coded:
    """One of a fixed list of values: programs read the code, people the label."""

    code: str
    label: Text


Value = str | int | bool | date | datetime | Money | Coded | None


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that is kept. `key` is its name in the export, `field` its place in the data dictionary."""

    key: str
    label: Text
    field: str = ""  # "accounts.Customer.legal_name"; "" for what is worked out


@dataclass(frozen=True, slots=True)
class Section:
    """A list of what is kept, or one record (`single`)."""

    key: str  # "accounts": its name in the export, once in the portal
    group: str  # a key of accounts.mydata.groups: purpose, basis, time
    title: Text
    columns: Sequence[Column]
    rows: Callable[[], Iterable[Sequence[Value]]]
    single: bool = False
    note: Text = ""
