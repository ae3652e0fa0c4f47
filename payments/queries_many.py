"""What payments are judged by, read for many customers at once: the queries of payments.queries, row by row."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from core import prepared
from payments.queries import (
    SOURCE,
    STANDING_COLUMNS,
    TARGET,
    OwnEnd,
    PayeeEnd,
    Standing,
    read_standing,
    standing_span,
)

_EACH = """
    SELECT asked.customer_id, {public_id}found.*
      FROM unnest(%s::bigint[], %s::uuid[]) AS asked (customer_id, public_id) CROSS JOIN LATERAL ({one}) found
"""
_SOURCES = _EACH.format(
    public_id="", one=SOURCE.replace("customer_id = %s", "customer_id = asked.customer_id")
    .replace("= ANY (%s)", "= asked.public_id"),
)  # fmt: skip
_TARGETS = _EACH.format(
    public_id="asked.public_id, ", one=TARGET.replace("customer_id = %s", "customer_id = asked.customer_id")
    .replace("public_id = %s", "public_id = asked.public_id"),
)  # fmt: skip
Pair = tuple[int, uuid.UUID]  # a customer, and an account or payee that they name


def own_ends_of(asked: Sequence[Pair]) -> dict[Pair, OwnEnd]:
    """This function will find, of accounts that many customers name, those each may dispose of, in one query."""
    found = prepared.rows(_SOURCES, [[one for one, _ in asked], [public_id for _, public_id in asked]])
    return {(row[0], row[1]): OwnEnd(*row[2:]) for row in found}


def payee_ends_of(asked: Sequence[Pair]) -> dict[Pair, PayeeEnd]:
    """This function will find the accounts behind active payees that many customers name, in one query."""
    found = prepared.rows(_TARGETS, [[one for one, _ in asked], [public_id for _, public_id in asked]])
    return {(row[0], row[1]): PayeeEnd(*row[2:]) for row in found}


_STANDINGS = f"""
    SELECT {STANDING_COLUMNS}
      FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) WITH ORDINALITY AS asked (payer, currency, payee, place)
     CROSS JOIN LATERAL payments_standing(asked.payer, asked.currency, asked.payee, %s, %s, %s, %s, %s, %s, %s)
     ORDER BY asked.place
"""  # noqa: S608 - our words


def standings(asked: Sequence[tuple[int, str, int | None]], *, now: datetime) -> list[Standing]:
    """This function will say as `standing` how far each of many customers has gone, with a currency and payee each.

    In the order asked, in one query.
    """
    payers, currencies, payees = ([row[place] for row in asked] for place in range(3))
    found = prepared.rows(_STANDINGS, [payers, currencies, payees, *standing_span(now)])
    return [read_standing(row) for row in found]
