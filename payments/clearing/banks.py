"""The directory of other banks, read from a file once: number, names, the systems each takes part in."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath

from django.conf import settings

from payments.clearing import cnaps
from payments.clearing.paths import Path


class BrokenDirectory(ValueError):
    """The file of banks cannot be read."""


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank as the directory has it."""

    code: str
    name_zh: str
    name_en: str
    systems: frozenset[Path]

    def name(self, language: str) -> str:
        """This function will give the bank's name for a reader."""
        return self.name_zh if language.startswith("zh") else self.name_en


def directory() -> dict[str, Bank]:
    """This function will give every bank by its number, in the order of the file. Raises BrokenDirectory."""
    return _read(FilePath(settings.CLEARING_BANKS))


@lru_cache(maxsize=4)
def _read(path: FilePath) -> dict[str, Bank]:
    found: dict[str, Bank] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            code = row["code"]
            if not cnaps.is_valid(code) or code in found:
                raise BrokenDirectory(f"{path.name}: {code!r} is no bank number, or stands there twice")
            found[code] = Bank(
                code, row["name_zh"], row["name_en"], frozenset(Path(name) for name in row["systems"].split())
            )
    return found


def find(code: str) -> Bank | None:
    """This function will find a bank by its number."""
    return directory().get(code)
