"""Reads the whole trail again and says what does not agree."""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connection, transaction

from core.audit import anchors, chain, keys, sinks

MOST_FINDINGS = 20

_CHAIN = (
    "SELECT s.position, s.row_id, s.row_digest, s.digest, r.id, "
    + chain.ROW_AS_TEXT
    + "FROM audit_seal s LEFT JOIN audit_row r ON r.id = s.row_id ORDER BY s.position"
)
_UNSEALED = """
    SELECT count(*), min(r.id), coalesce(extract(epoch FROM clock_timestamp() - min(r.recorded_at)), 0)::float
      FROM audit_row r
     WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.row_id = r.id)
       AND {known} EXISTS (SELECT 1 FROM audit_pending p WHERE p.row_id = r.id)
"""
_WAITING, _SMUGGLED = _UNSEALED.format(known=""), _UNSEALED.format(known="NOT")


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree. `kind`: changed, removed, inserted, reordered, cut, anchor."""

    kind: str
    sentence: str
    position: int | None = None
    row: int | None = None


@dataclass
class Report:
    """What was read and what was found; the first findings in the order of the chain, at most twenty."""

    sealed: int = 0
    unsealed: int = 0
    oldest_unsealed_seconds: float = 0.0
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    def add(self, finding: Finding) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)


def verify(*, progress: Callable[[int], None] = lambda _: None) -> Report:
    """This function will recompute the chain from one snapshot of the database and compare it with every anchor.

    Raises ImproperlyConfigured without a key.
    """
    report = Report()
    expected, unreadable = _anchors()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _walk(report, expected, progress)
        _outside_the_chain(report)
    for position, anchor in sorted(expected.items()):
        report.add(
            Finding(
                "cut",
                f"the anchor in {anchor.where} names position {position}, but the chain does not reach it: "
                "its end was cut off, or the database is older than the anchor",
                position,
            )
        )
    if unreadable:
        report.add(Finding("anchor", f"{unreadable} is not a line that the portal wrote"))
    report.anchors += len(expected)
    return report


def _anchors() -> tuple[dict[int, anchors.Anchor], str]:
    """Read this machine's anchors, then those that left it: where the two differ, what left counts."""
    found: dict[int, anchors.Anchor] = {}
    unreadable = ""
    for where in (None, *sinks.folders()):
        try:
            for anchor in anchors.all_anchors(where):
                found[anchor.position] = anchor
        except anchors.UnreadableAnchor as error:
            unreadable = str(error)
    return found, unreadable


def _links() -> Iterator[tuple[int, int, bytes, bytes, int | None, list[str]]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_CHAIN)
        while rows := cursor.fetchmany(5000):
            for position, sealed_row, of_row, digest, row, *fields in rows:
                yield position, sealed_row, bytes(of_row), bytes(digest), row, fields


def _walk(report: Report, expected: dict[int, anchors.Anchor], progress: Callable[[int], None]) -> None:
    """Follow the chain; after a fault go on from the stored digest, so that each fault is named once."""
    key = keys.key()
    place, previous = 0, chain.first_link(key)
    for position, sealed_row, of_row, digest, row, fields in _links():
        place += 1
        if position != place:
            missing = f"{place}" if position == place + 1 else f"{place} to {position - 1}"
            report.add(Finding("removed", f"position {missing} is missing from the chain: seals were removed", place))
            place = position
        elif row is None:
            report.add(
                Finding(
                    "removed", f"row {sealed_row}, sealed at position {position}, was removed", position, sealed_row
                )
            )
        elif not hmac.compare_digest(chain.row_digest(key, fields), of_row):
            report.add(
                Finding("changed", f"row {row}, sealed at position {position}, was changed", position, sealed_row)
            )
        elif not hmac.compare_digest(chain.link(key, previous, position, of_row), digest):
            report.add(
                Finding(
                    "reordered",
                    f"row {row} was not sealed at position {position}: rows were reordered or put in",
                    position,
                    sealed_row,
                )
            )
        if (anchor := expected.pop(position, None)) is not None:
            report.anchors += 1
            if anchor.digest != digest.hex():
                report.add(
                    Finding("anchor", f"position {position} differs from its anchor in {anchor.where}", position, row)
                )
        previous = digest
        report.sealed += 1
        if report.sealed % 10_000 == 0:
            progress(report.sealed)


def _outside_the_chain(report: Report) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SMUGGLED)
        smuggled, first, _age = cursor.fetchone()
        if smuggled:
            others = f", and {smuggled - 1} more" if smuggled > 1 else ""
            report.add(
                Finding(
                    "inserted", f"row {first}{others}: never waited for a seal, so it was put in by hand", row=first
                )
            )
        cursor.execute(
            """
            SELECT count(*), min(p.row_id) FROM audit_pending p
             WHERE NOT EXISTS (SELECT 1 FROM audit_row r WHERE r.id = p.row_id)
            """
        )
        lost, first = cursor.fetchone()
        if lost:
            report.add(Finding("removed", f"row {first} was removed before it was sealed ({lost} in all)", row=first))
        cursor.execute(_WAITING)
        report.unsealed, _first, report.oldest_unsealed_seconds = cursor.fetchone()
