"""Seals what waits. Rows are recorded without touching the chain, so that money never queues for its head."""

from datetime import datetime

from django.db import connection, transaction

from core.audit import anchors, chain, keys

LOCK = 0x61756469  # "audi": one sealer at a time
BATCH = 5000

_WAITING = (
    "SELECT r.id, "
    + chain.ROW_AS_TEXT
    + "FROM audit_pending p JOIN audit_row r ON r.id = p.row_id ORDER BY p.row_id LIMIT %s"
)


def seal_waiting(*, at_most: int = BATCH) -> int:
    """This function will seal up to so many waiting rows in one transaction and answer how many.

    Only committed rows are seen, so a row whose transaction ends late is sealed later, at a later position. Answers 0
    when another sealer is at work. Raises ImproperlyConfigured without a key.
    """
    key = keys.key()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        position, digest = _head(key)
        cursor.execute(_WAITING, [at_most])
        seals: list[tuple[int, int, bytes, bytes]] = []
        for row_id, *fields in cursor.fetchall():
            position += 1
            of_row = chain.row_digest(key, fields)
            digest = chain.link(key, digest, position, of_row)
            seals.append((position, row_id, of_row, digest))
        if not seals:
            return 0
        cursor.execute(
            """
            INSERT INTO audit_seal (position, row_id, row_digest, digest)
            SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[])
            """,
            [list(column) for column in zip(*seals, strict=True)],
        )
        cursor.execute("DELETE FROM audit_pending WHERE row_id = ANY(%s)", [[seal[1] for seal in seals]])
    return len(seals)


def keep_anchor(*, now: datetime) -> anchors.Anchor | None:
    """This function will write an anchor when the chain has grown and the last one is old enough."""
    newest = anchors.last()
    position, digest = _head(keys.key())
    if position == 0 or (newest and (newest.position >= position or now - newest.at < anchors.EVERY)):
        return None
    return anchors.write(position=position, digest=digest, now=now)


def _head(key: bytes) -> tuple[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, digest FROM audit_seal ORDER BY position DESC LIMIT 1")
        found = cursor.fetchone()
    return (found[0], bytes(found[1])) if found else (0, chain.first_link(key))
