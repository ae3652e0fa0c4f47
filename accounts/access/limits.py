"""How long sessions live, from the policy table."""

from datetime import date, datetime, timedelta

# Used until the table of policy figures answers.
FIGURES = {
    "session.customer.idle_minutes": 5,
    "session.customer.absolute_hours": 8,
    "session.staff.idle_minutes": 15,
    "session.staff.absolute_hours": 12,
}


def figure(key: str, on: date) -> int:  # noqa: ARG001
    """This function will read one figure of the policy table."""
    return FIGURES[key]


def idle(kind: str, now: datetime) -> timedelta:
    """This function will say how long a session of this kind (customer, staff) lives without a request."""
    return timedelta(minutes=figure(f"session.{kind}.idle_minutes", now.date()))


def absolute(kind: str, now: datetime) -> timedelta:
    """This function will say how long a session of this kind (customer, staff) lives at all."""
    return timedelta(hours=figure(f"session.{kind}.absolute_hours", now.date()))
