"""The arithmetic of the chain. Pure: rows and digests in, digests out.

    row_digest = HMAC(key, the row's fields, each with its length in front)
    digest     = HMAC(key, previous digest, position, row_digest)

Two digests, so that a changed row and a changed order can be told apart.
"""

import hmac
from collections.abc import Iterable

BEGINNING = b"the audit chain begins"

# The row as text, made by the database so that what is hashed is exactly what is stored. The order is part of the seal.
ROW_AS_TEXT = """
    r.id::text, r.act, r.subject, coalesce(r.actor_id::text, ''), r.actor_label,
    coalesce(r.before::text, ''), coalesce(r.after::text, ''), r.reason, coalesce(host(r.ip), ''), r.reference,
    (extract(epoch FROM r.acted_at) * 1000000)::bigint::text,
    (extract(epoch FROM r.recorded_at) * 1000000)::bigint::text
"""


def first_link(key: bytes) -> bytes:
    """This function will answer what stands before position 1."""
    return hmac.digest(key, BEGINNING, "sha256")


def row_digest(key: bytes, fields: Iterable[str]) -> bytes:
    """This function will seal one row's fields, so that no two different rows read the same."""
    parts = []
    for field in fields:
        data = field.encode()
        parts.append(b"%d:%b" % (len(data), data))
    return hmac.digest(key, b"".join(parts), "sha256")


def link(key: bytes, previous: bytes, position: int, of_row: bytes) -> bytes:
    """This function will chain a sealed row to the one before it."""
    return hmac.digest(key, b"%b%d:%b" % (previous, position, of_row), "sha256")
