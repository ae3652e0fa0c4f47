"""Finding whose data is due, saying what would go, and letting it go: one person at a time, each in one transaction.

What is promised:

- `plan` names the very rows that `carry_out` changes: both ask the same queries.
- A kill loses nothing and repeats nothing: whoever was forgotten has a row that says so, written with the deletion.
- Narratives of lines in the books go first, in batches of their own, so that no booking waits for long.
- A file is removed before its row: a kill between leaves a row that the next run finds, never a file without one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import CharField, EmailField, F, Field, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, Replace
from psycopg import sql

from accounts.identity.models import Verification
from accounts.models import Customer
from accounts.mydata import files
from accounts.mydata.models import Closing, Correction, Forgotten
from accounts.mydata.retention import table
from accounts.sealing import SealedFiles, places
from core import audit, policy
from ledger.calendar import business_date

WORKER: Final = "system: retention"
LINES: Final = 2_000  # of the books in one transaction
Ground = Forgotten.Ground


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose data goes, and why."""

    customer_id: int
    public_id: str
    ground: str


@dataclass
class Plan:
    """What goes of one person: rows by model, by primary key. `function` counts what only the database may touch."""

    due: Due
    removed: dict[str, list[Any]] = field(default_factory=dict)
    emptied: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(len(keys) for keys in (*self.removed.values(), *self.emptied.values()))


def due(*, now: datetime, limit: int | None = None, customer_id: int | None = None) -> list[Due]:
    """This function will list whose data is due, those who have waited longest first, in two queries."""
    ended = Closing.objects.filter(
        state=Closing.State.DONE, keep_until__lt=business_date(now), customer__forgotten=None
    ).order_by("keep_until", "id")
    unfinished = _unfinished(now).order_by("id")
    if customer_id is not None:
        ended, unfinished = ended.filter(customer=customer_id), unfinished.filter(pk=customer_id)
    found = [
        Due(key, str(public_id), Ground.ENDED.value)
        for key, public_id in ended.values_list("customer_id", "customer__public_id")[:limit]
    ]
    left = None if limit is None else limit - len(found)
    return found + [
        Due(key, str(public_id), Ground.UNFINISHED.value)
        for key, public_id in unfinished.values_list("pk", "public_id")[:left]
    ]


def _unfinished(now: datetime) -> QuerySet[Customer]:
    """Registered, no account, nothing sent to prove who they are, and not seen for long."""
    since = now - timedelta(days=int(policy.value("keeping.signup_days", on=business_date(now))))
    sent = Verification.objects.exclude(state=Verification.State.DRAFT).values("customer")
    return Customer.objects.annotate(seen=Coalesce("user__last_login", "created_at")).filter(
        ~Q(pk__in=sent),
        standing=Customer.Standing.NEW,
        user__is_staff=False,
        dispositions=None,
        forgotten=None,
        seen__lt=since,
    )


def plan(found: Due) -> Plan:
    """This function will name the rows that go, or lose what they say, with one person."""
    result = Plan(found)
    for line in table.ended():
        kind = result.removed if line.then == table.DELETE else result.emptied
        keys = set(line.of._base_manager.filter(**line.filter(found.customer_id)).values_list("pk", flat=True))
        if keys:
            kind[line.model] = sorted(keys.union(kind.get(line.model, [])), key=str)
    return result


def carry_out(found: Due, *, now: datetime) -> Plan | None:
    """This function will forget one person; None when that was done already, or is not due any more.

    Its own transactions, bounded; locks the customer.
    """
    names = _names(found.customer_id)
    while _clear_narratives(found.customer_id, names, now):
        pass
    with transaction.atomic(durable=True):
        customer = Customer.objects.select_for_update(of=("self",)).get(pk=found.customer_id)
        if found not in due(now=now, customer_id=customer.pk):
            return None
        counts = _by_function(found.customer_id, now)
        going = plan(found)
        _remove_files(going)
        for line in table.ended():
            _apply(line, found.customer_id, going)
        counts |= {model: len(keys) for model, keys in (*going.removed.items(), *going.emptied.items())}
        Forgotten.objects.create(customer=customer, ground=found.ground, rows=counts, at=now)
        audit.record(
            act="mydata.forgotten",
            subject=f"accounts.customer:{found.public_id}",
            actor=WORKER,
            after={"ground": found.ground, "rows": counts},
            now=now,
        )
    return going


def run(*, now: datetime, at_most: int) -> Iterator[Plan]:
    """This function will forget whoever is due, at most so many, and give each as it is done."""
    for found in due(now=now, limit=at_most):
        if (done := carry_out(found, now=now)) is not None:
            yield done


def _names(customer_id: int) -> list[str]:
    """Every name the bank has known somebody by: they stand in what others read of a payment."""
    customer = Customer.objects.get(pk=customer_id)
    names = {customer.legal_name, *customer.verifications.values_list("legal_name", flat=True)}
    for correction in Correction.objects.filter(customer=customer, what=Correction.What.LEGAL_NAME):
        names |= {correction.old, correction.new}
    return sorted(names - {""})


def _clear_narratives(customer_id: int, names: Sequence[str], now: datetime) -> int:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            "SELECT mydata_forget_narratives(%s, %s, %s::text[], %s)",
            [customer_id, business_date(now), list(names), LINES],
        )
        return int(cursor.fetchone()[0])


def _by_function(customer_id: int, now: datetime) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, number FROM mydata_forget(%s, %s)", [customer_id, business_date(now)])
        return {what: int(number) for what, number in cursor.fetchall() if number}


def _remove_files(going: Plan) -> None:
    for place in places():
        keys = going.removed.get(place.model, []) if isinstance(place, SealedFiles) else []
        if isinstance(place, SealedFiles) and keys:
            model = table.apps.get_model(place.model)
            for name in model._base_manager.filter(pk__in=keys).values_list(place.column, flat=True):
                if name:
                    files.remove(name)


def _apply(line: table.Line, customer_id: int, going: Plan) -> None:
    model = line.of
    if line.then == table.DELETE:
        keys = going.removed.get(line.model)
        if keys:  # straight from the table: what hangs on it has lines of its own, and the database looks at the end
            statement = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(
                sql.Identifier(model._meta.db_table), sql.Identifier(str(model._meta.pk.column))
            )
            with connection.cursor() as cursor:
                cursor.execute(statement, [keys])
        return
    columns = {column.name: column for column in model._meta.concrete_fields}
    fresh = {name: _empty(columns[name], line.then) for name in line.fields}
    rows = model._base_manager.filter(**line.filter(customer_id)).values("pk")
    model._base_manager.filter(pk__in=rows).update(**fresh)


def _empty(column: "Field[Any, Any]", then: str) -> Any:
    """Give what says nothing: null where that may be, else the type's empty value, or a code that is unique."""
    if then == table.CODE:
        return _code(column)
    if column.null:
        return None
    empty = {"BooleanField": False, "BinaryField": b"", "CharField": "", "TextField": ""}
    try:
        return empty[column.get_internal_type()]
    except KeyError:
        raise table.WrongTable(f"{column} cannot be emptied") from None


def _code(column: "Field[Any, Any]") -> Any:
    code = Replace(Cast(F("public_id"), CharField()), Value("-"), Value(""))
    if isinstance(column, EmailField):
        return Concat(code, Value("@forgotten.invalid"))
    return Concat(Value("!"), code) if column.name == "password" else code
