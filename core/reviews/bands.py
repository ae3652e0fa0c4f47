"""Four eyes by amount: which approvals a matter of a certain size takes, read from one figure of the policy table.

The figure is a line of text, so that a change of a band is one dated row, with its source and its second person:

    review.bands.books.cny   approver; 50000.00: approver, approver; 1000000.00: approver, approver, manager

Read: from 0 on one approver; from 50,000.00 on two; from 1,000,000.00 on a manager as the third. Within a step, roles
that may stand in for each other are written with a bar: reviewer|approver. What a case was opened with stays frozen on
it together with the figure's version and the band, whatever the table says later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from core import policy
from core.reviews.rules import Rule


class WrongBands(ValueError):
    """The figure cannot be read as bands."""


@dataclass(frozen=True)
class Band:
    """From `floor` on a matter takes these steps."""

    floor: Decimal
    steps: tuple[tuple[str, ...], ...]


def parse(text: str) -> tuple[Band, ...]:
    """This function will read bands, lowest first. Raises WrongBands."""
    bands: list[Band] = []
    for number, part in enumerate(text.split(";")):
        floor, colon, steps = part.rpartition(":")
        if bool(colon) == (number == 0):
            raise WrongBands("the first band starts at nothing, each later one names the amount it starts at")
        try:
            amount = Decimal(floor.strip()) if colon else Decimal(0)
        except InvalidOperation as error:
            raise WrongBands(f"{floor.strip()!r} is no amount") from error
        if not amount.is_finite() or (bands and amount <= bands[-1].floor):
            raise WrongBands("each band starts above the one before")
        roles = tuple(tuple(role.strip() for role in step.split("|")) for step in steps.split(","))
        if not all(role.isidentifier() for step in roles for role in step):
            raise WrongBands(f"{steps.strip()!r} does not name a role for each step")
        if bands and len(roles) < len(bands[-1].steps):
            raise WrongBands("a larger amount never takes fewer people")
        bands.append(Band(amount, roles))
    return tuple(bands)


def band_of(bands: Sequence[Band], amount: Decimal) -> Band:
    """This function will pick the band of an amount; what goes out counts like what comes in."""
    return next(band for band in reversed(bands) if abs(amount) >= band.floor)


def rule(
    *,
    name: str,
    amount: Decimal,
    on: date,
    hours: int,
    claim_minutes: int,
    expires_days: int = 0,
    why: Sequence[str] = (),
) -> Rule:
    """This function will make the rule of a matter of this amount, as the figure `review.bands.<name>` asks on a day.

    Raises core.policy.UnknownPolicy where there is no such figure, WrongBands where it cannot be read.
    """
    text = str(policy.value(f"review.bands.{name}", on=on))
    found = band_of(parse(text), amount)
    return Rule(
        steps=found.steps,
        hours=hours,
        claim_minutes=claim_minutes,
        why=tuple(why),
        expires_days=expires_days,
        version=f"review.bands.{name}: {text}",
        band=f"{found.floor}",
    )
