"""Handlers for the tests: they leave a trace in the audit trail, which is the nearest table of effects."""

from core import audit, outbox


def note(fact: outbox.Fact) -> None:
    audit.record(act="test.noted", subject=f"fact:{fact.id}", after=fact.payload, now=fact.now)


def note_also(fact: outbox.Fact) -> None:
    audit.record(act="test.noted_also", subject=f"fact:{fact.id}", now=fact.now)


def poison(fact: outbox.Fact) -> None:
    audit.record(act="test.poison", subject=f"fact:{fact.id}", now=fact.now)
    raise ValueError("cannot digest this")
