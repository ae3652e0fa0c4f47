"""What a delivery says about itself: `manifest.json` beside the files. Pure but for reading that file."""

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

NAME: Final = "manifest.json"
FORMAT: Final = 1
_SOURCE: Final = re.compile(r"[a-z][a-z0-9-]{0,19}")
_UNIT: Final = re.compile(r"[A-Z]{3}")


class WrongManifest(ValueError):
    """The manifest is missing, is not JSON, or lacks something."""


@dataclass(frozen=True)
class Manifest:
    """Whose files these are, what their amounts are counted in, and the last day they speak of."""

    source: str  # a short code: part of every reference and key that the intake makes
    name: str
    currency: str
    as_of: date
    rounding: Decimal = Decimal(0)  # how far a printed figure may be from the exact one, in whole units

    def as_json(self) -> str:
        """This function will write the manifest as it stands in its file."""
        content = {
            "format": FORMAT,
            "source": self.source,
            "name": self.name,
            "currency": self.currency,
            "as_of": self.as_of.isoformat(),
            "rounding": str(self.rounding),
        }
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def read(directory: Path, *, currency: str | None = None) -> Manifest:
    """This function will read a delivery's manifest; `currency` stands in where it names none. Raises WrongManifest."""
    path = directory / NAME
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise WrongManifest(f"{path} is missing") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise WrongManifest(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise WrongManifest(f'{path} must say "format": {FORMAT}')
    source, name = _string(content, "source"), _string(content, "name")
    unit = _string(content, "currency") if "currency" in content else currency or ""
    if not _SOURCE.fullmatch(source):
        raise WrongManifest('"source" is a short code of lower-case letters, digits and hyphens, at most 20')
    if not _UNIT.fullmatch(unit):
        raise WrongManifest('"currency" is three capital letters; give --currency where the manifest names none')
    if currency is not None and currency != unit:
        raise WrongManifest(f"the manifest counts in {unit}, the command says {currency}")
    try:
        as_of = date.fromisoformat(_string(content, "as_of"))
    except ValueError as error:
        raise WrongManifest('"as_of" is a day as YYYY-MM-DD') from error
    try:
        rounding = Decimal(_string(content, "rounding")) if "rounding" in content else Decimal(0)
    except InvalidOperation:
        rounding = Decimal("NaN")
    if not (rounding.is_finite() and rounding >= 0):
        raise WrongManifest('"rounding" is text with a number that is not negative, such as "0.10"')
    return Manifest(source=source, name=name[:120], currency=unit, as_of=as_of, rounding=rounding)


def _string(content: dict[str, Any], key: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value.strip():
        raise WrongManifest(f'"{key}" is missing from the manifest or is not text')
    return value.strip()
