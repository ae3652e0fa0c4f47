"""Where sealed values are kept, so that they can be sealed anew under a newer key while the portal runs.

`settings.SEALED` (portal/wiring.py) names each room's list of places. A place is a column, a value inside a JSON
column, the sessions, or files on disk; what all of them can do is `Place`. A room that seals and is not on the list
fails tests/mydata/test_sealing.py.

How it stays right while people work:

- A batch is written in one statement, and every row only if it still holds the value that was read. Whoever writes in
  between wins; what they wrote is sealed under the newest key already, or is found by the next round.
- Where a rotation stands is read from the values themselves (each begins with its key's name): nothing is remembered
  that a kill could lose. Started again, it goes on with what is left.
- The old key stays among `PORTAL_FIELD_KEYS` until nothing is sealed under it, so everything is readable all the time.
"""

import json
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import BinaryField, F, Func, IntegerField, Value
from django.utils.module_loading import import_string
from psycopg import sql

from accounts import vault

UNREADABLE = "?"  # counted under this where a value does not begin as a sealed one does


@dataclass(frozen=True, slots=True)
class Step:
    """What one batch did. `last` is where the next one goes on, None at the end of the round."""

    seen: int
    resealed: int
    lost: int  # could not be opened: the key is gone, or the value was altered
    last: int | str | None


class Place(Protocol):
    """Somewhere sealed values are kept."""

    @property
    def name(self) -> str:
        """What it is called in reports, once: "identity.Verification.number_sealed"."""

    @property
    def fields(self) -> Sequence[str]:
        """The model fields that hold sealed bytes or texts; files: the field that names them."""

    @property
    def sealed_by(self) -> Sequence[str]:
        """The modules that seal what is kept here."""

    def census(self) -> Counter[str]:
        """This function will count the values by the key they are sealed under."""

    def step(self, *, after: int | str | None, limit: int) -> Step:
        """This function will seal one batch anew, in a transaction of its own."""


@dataclass(frozen=True)
class SealedColumn:
    """A binary column. `purpose` may name fields of the row, as queries do: "reviews.answer:{question__public_id}"."""

    model: str
    column: str
    purpose: str
    sealed_by: Sequence[str]

    @property
    def name(self) -> str:
        return f"{self.model}.{self.column}"

    @property
    def fields(self) -> Sequence[str]:
        return (self.name,)

    def census(self) -> Counter[str]:
        found: Counter[str] = Counter()
        with connection.cursor() as cursor:
            cursor.execute(self._sql(_CENSUS))
            for beginning, count in cursor.fetchall():
                found[_key_named(bytes(beginning))] += count
        return found

    def step(self, *, after: int | str | None, limit: int) -> Step:
        names = [part.split("}")[0] for part in self.purpose.split("{")[1:]]
        beginning = vault.beginning(vault.newest_key())
        starts = Func(F(self.column), Value(1), Value(len(beginning)), function="substring", output_field=BinaryField())
        length = Func(F(self.column), function="octet_length", output_field=IntegerField())
        rows = apps.get_model(self.model)._default_manager.annotate(starts=starts, length=length)
        rows = rows.filter(length__gt=2, **({"pk__gt": after} if after is not None else {})).exclude(starts=beginning)
        batch = list(rows.order_by("pk").values_list("pk", self.column, *names)[:limit])
        fresh: list[tuple[int, bytes, bytes]] = []
        for number, sealed, *values in batch:
            purpose = self.purpose.format(**dict(zip(names, values, strict=True)))
            with suppress(vault.Unreadable):
                fresh.append((number, bytes(sealed), vault.reseal(bytes(sealed), purpose)))
        changed = 0
        if fresh:
            ids, olds, news = (list(part) for part in zip(*fresh, strict=True))
            with connection.cursor() as cursor:
                cursor.execute(self._sql(_WRITE), {"ids": ids, "olds": olds, "news": news})
                changed = cursor.rowcount
        return Step(len(batch), changed, len(batch) - len(fresh), batch[-1][0] if len(batch) == limit else None)

    def _sql(self, statement: str) -> sql.Composed:
        meta = apps.get_model(self.model)._meta
        return sql.SQL(statement).format(
            table=sql.Identifier(meta.db_table),
            key=sql.Identifier(str(meta.pk.column)),
            column=sql.Identifier(self.column),
        )


_CENSUS = """
    SELECT substring({column} FROM 1 FOR 2 + get_byte({column}, 1)), count(*)
      FROM {table} WHERE length({column}) > 2 GROUP BY 1
"""
_WRITE = """
    UPDATE {table} AS kept SET {column} = fresh.new
      FROM unnest(%(ids)s::bigint[], %(olds)s::bytea[], %(news)s::bytea[]) AS fresh (id, old, new)
     WHERE kept.{key} = fresh.id AND kept.{column} = fresh.old
"""


@dataclass(frozen=True)
class SealedText:
    """A text column whose content is sealed in some way of its own, row by row: a JSON document, a session.

    `parts` gives the sealed bytes in a text. `again` gives the text with all of them sealed anew; it raises
    vault.Unreadable.
    """

    model: str
    column: str
    sealed_by: Sequence[str]
    parts: Callable[[Any], Sequence[bytes]]
    again: Callable[[Any], Any]

    @property
    def name(self) -> str:
        return f"{self.model}.{self.column}"

    @property
    def fields(self) -> Sequence[str]:
        return (self.name,)

    def census(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for value in apps.get_model(self.model)._default_manager.values_list(self.column, flat=True).iterator():
            found.update(_key_named(part) for part in self.parts(value))
        return found

    def step(self, *, after: int | str | None, limit: int) -> Step:
        model, newest = apps.get_model(self.model), vault.newest_key()
        rows = model._default_manager.order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        keys, resealed, lost = list(rows.values_list("pk", flat=True)[:limit]), 0, 0
        with transaction.atomic():
            # Rows in use are not waited for: the round after this one finds them.
            locked = model._default_manager.filter(pk__in=keys).order_by("pk").select_for_update(skip_locked=True)
            for key, value in list(locked.values_list("pk", self.column)):
                if all(_key_named(part) == newest for part in self.parts(value)):
                    continue
                try:
                    fresh = self.again(value)
                except vault.Unreadable:
                    lost += 1
                    continue
                resealed += model._default_manager.filter(pk=key).update(**{self.column: fresh})
        return Step(len(keys), resealed, lost, keys[-1] if len(keys) == limit else None)


@dataclass(frozen=True)
class SealedFiles:
    """Files under MEDIA_ROOT, named by a text column; `purpose` is put in front of the name."""

    model: str
    column: str
    purpose: str
    sealed_by: Sequence[str]

    @property
    def name(self) -> str:
        return f"{self.model}.{self.column} (files)"

    @property
    def fields(self) -> Sequence[str]:
        return (f"{self.model}.{self.column}",)

    def census(self) -> Counter[str]:
        return Counter(_key_named(_first_bytes(self._path(name))) for _key, name in self._rows(None, None))

    def step(self, *, after: int | str | None, limit: int) -> Step:
        model, newest = apps.get_model(self.model), vault.newest_key()
        resealed = lost = 0
        with transaction.atomic():
            # A file is deleted by whoever holds its row: under the lock no deleted file comes back.
            rows = list(self._rows(after, limit))
            mine = dict(
                model._default_manager.filter(pk__in=[key for key, _name in rows])
                .select_for_update(skip_locked=True)
                .values_list("pk", self.column)
            )
            for name in mine.values():
                path = self._path(name)
                if not name or _key_named(_first_bytes(path)) == newest:
                    continue
                try:
                    _replace(path, vault.reseal(path.read_bytes(), self.purpose + name))
                except (OSError, vault.Unreadable):
                    lost += 1
                    continue
                resealed += 1
        return Step(len(rows), resealed, lost, rows[-1][0] if len(rows) == limit else None)

    def _rows(self, after: int | str | None, limit: int | None) -> Iterator[tuple[int, str]]:
        rows = apps.get_model(self.model)._default_manager.exclude(**{self.column: ""}).order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        return iter(rows.values_list("pk", self.column)[:limit])

    def _path(self, name: str) -> Path:
        return Path(settings.MEDIA_ROOT) / name


def places() -> list[Place]:
    """This function will gather every room's places in the order of the wiring board."""
    return [place for path in import_string(settings.SEALED) for place in import_string(path)]


def _key_named(sealed: bytes) -> str:
    try:
        return vault.key_of(sealed)
    except vault.Unreadable:
        return UNREADABLE


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError:
        return b""


def _replace(path: Path, content: bytes) -> None:
    """Put a file in place of another at once: a reader has the old one or the new one, whole, whatever is killed."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def in_json(value: Any, names: Sequence[str]) -> list[bytes]:
    """This function will find the sealed texts (hex) under some names of a JSON document."""
    document = json.loads(value) if isinstance(value, str) else value
    found: list[bytes] = []
    for name in names:
        held = document.get(name) if isinstance(document, dict) else None
        texts = held if isinstance(held, list) else [held]
        found += [bytes.fromhex(text) for text in texts if isinstance(text, str) and text]
    return found


def json_again(value: Any, names: Sequence[str], purpose: str) -> Any:
    """This function will seal those texts anew. Raises vault.Unreadable."""
    document = dict(value)

    def fresh(text: Any) -> Any:
        return vault.reseal(bytes.fromhex(text), purpose).hex() if isinstance(text, str) and text else text

    for name in names:
        if name in document:
            held = document[name]
            document[name] = [fresh(text) for text in held] if isinstance(held, list) else fresh(held)
    return document
