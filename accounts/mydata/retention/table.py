"""Who deletes what, and when: portal/retention.csv, which covers every field of the data dictionary exactly once.

- `by`: `ended` is this room, when a relationship has ended and its years have passed; `kept` says in a note why
  nothing is deleted; anything else is the name of a beat entry (portal/celery.py) that deletes sooner.
- `owner`: how a row leads to its customer, as queries write it; `me` is the customer. A path through accounts counts
  for their owner alone; one through a sign-in does not count for colleagues, who still work here.
- `then`: `delete` removes the row, `blank` empties the fields, `code` puts something unique in place that means
  nothing, `function` is done by the database function `mydata_forget`, because nobody else may touch those tables.
- `*` stands for all of a model's fields in the dictionary.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from accounts.mydata import dictionary

ENDED, KEPT = "ended", "kept"
DELETE, BLANK, CODE, FUNCTION = "delete", "blank", "code", "function"
ME = "me"


class WrongTable(ValueError):
    """A line of the file cannot be used."""


@dataclass(frozen=True, slots=True)
class Line:
    """What happens to some fields of a model."""

    model: str
    fields: tuple[str, ...]
    by: str
    owner: str
    then: str
    note: str

    @property
    def of(self) -> type[Model]:
        return apps.get_model(self.model)

    @property
    def conditions(self) -> dict[str, Any]:
        """What must hold besides the row's leading to the customer."""
        path, found = self.owner.split("__"), dict[str, Any]()
        if path[-2:] == ["dispositions", "customer"]:
            found["__".join([*path[:-1], "role"])] = "owner"
        if "user" in path[:-1]:
            found["__".join([*path[: path.index("user") + 1], "is_staff"])] = False
        if self.model == "accounts.User":
            found["is_staff"] = False
        return found

    def filter(self, customer_id: int) -> dict[str, Any]:
        """This function will give what a query for a customer's rows asks."""
        return {**self.conditions, ("pk" if self.owner == ME else self.owner): customer_id}


@lru_cache(maxsize=1)
def lines() -> tuple[Line, ...]:
    """This function will read the file in its order. Raises WrongTable."""
    found = []
    with Path(settings.RETENTION_FILE).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            line = Line(row["model"], tuple(row["fields"].split()), row["by"], row["owner"], row["then"], row["note"])
            if line.by == ENDED:
                right = line.then in {DELETE, BLANK, CODE, FUNCTION} and (line.owner or line.then == FUNCTION)
            else:
                right = bool(line.note) and not line.owner and not line.then
            if not right:
                raise WrongTable(f"{line.model} {row['fields']}: say who owns it and what then, or in a note why not")
            found.append(line)
    return tuple(found)


def ended() -> Iterator[Line]:
    """This function will give the lines that this room carries out with ordinary statements, in their order."""
    return (line for line in lines() if line.by == ENDED and line.then != FUNCTION)


def owners() -> dict[str, Line]:
    """This function will say for each model how its rows lead to their customer, where they do."""
    return {line.model: line for line in lines() if line.owner}


def sweepers() -> set[str]:
    """This function will name the beat entries that the file relies on."""
    return {line.by for line in lines()} - {ENDED, KEPT}


def problems() -> list[str]:
    """This function will name what the file lacks, says twice, or says of nothing; empty when all is well."""
    wanted = {entry.name for entry in dictionary.entries().values() if entry.group != dictionary.NOBODY}
    covered: dict[str, int] = {}
    found = []
    for line in lines():
        names = {name for name in wanted if name.startswith(f"{line.model}.")}
        if line.fields != ("*",):
            own = {f"{line.model}.{field}" for field in line.fields}
            found += [f"{name} is in retention.csv and not in the data dictionary" for name in sorted(own - names)]
            names &= own
        elif not names:
            found.append(f"{line.model} is in retention.csv and not in the data dictionary")
        for name in names:
            covered[name] = covered.get(name, 0) + 1
    found += [f"{name} is in no line of retention.csv" for name in sorted(wanted - covered.keys())]
    found += [f"{name} is in {count} lines of retention.csv" for name, count in sorted(covered.items()) if count > 1]
    return found
