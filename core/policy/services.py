"""Adding a figure that two people have agreed on. Files of a release come in through the loader."""

import uuid
from datetime import date, datetime

from django.db import IntegrityError, transaction

from core import audit
from core.policy import figures
from core.policy.file import check_value
from core.policy.models import Figure


class UnknownKey(LookupError):
    """No figure has this key."""


class TakenDay(ValueError):
    """A figure of this key counts from that day already."""


class PastDay(ValueError):
    """A figure counts from today on at the earliest: the past stays as it was."""


def latest(key: str) -> Figure:
    """This function will give the row of a key with the last date; raises UnknownKey."""
    row = Figure.objects.filter(key=key).order_by("-effective_from").first()
    if row is None:
        raise UnknownKey(key)
    return row


def dated(key: str) -> list[Figure]:
    """This function will list the rows of a key, newest first; raises UnknownKey."""
    rows = list(Figure.objects.filter(key=key).order_by("-effective_from"))
    if not rows:
        raise UnknownKey(key)
    return rows


def add(
    *,
    key: str,
    value: str,
    effective_from: date,
    source: str,
    change: uuid.UUID,
    actor: object,
    today: date,
    now: datetime,
) -> Figure:
    """This function will add a row that takes over on a day; type, unit and meaning are the key's own.

    Needs an open transaction. A repeat with the same change is answered with its row. Other processes count with it
    within figures.KEEP seconds. Raises UnknownKey, PastDay, TakenDay, figures.WrongFigure.
    """
    made = Figure.objects.filter(change=change).first()
    if made is not None:
        return made
    before = latest(key)
    if effective_from < today:
        raise PastDay(str(effective_from))
    check_value(before.type, value)
    try:
        with transaction.atomic():
            row = Figure.objects.create(
                key=key,
                effective_from=effective_from,
                type=before.type,
                value=value,
                unit=before.unit,
                source=source,
                meaning_en=before.meaning_en,
                meaning_zh=before.meaning_zh,
                loaded_at=now,
                change=change,
            )
    except IntegrityError as error:
        raise TakenDay(str(effective_from)) from error
    audit.record(
        act="policy.changed",
        subject=f"policy:{key}",
        actor=actor,  # type: ignore[arg-type]  # whoever settings.AUTH_USER_MODEL names
        before={"figure": f"{before.value} {before.unit}".strip(), "from": before.effective_from.isoformat()},
        after={"figure": f"{value} {before.unit}".strip(), "from": effective_from.isoformat()},
        reason=source,
        now=now,
    )
    figures.forget()
    transaction.on_commit(figures.forget)
    return row
