"""Carrying a run out. The promises stand in core/runs/__init__.py."""

import logging
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from core.runs import hindrances
from core.runs.hindrances import Hindrance
from core.runs.models import Item, Run, StepProgress
from core.runs.steps import NotYet, Plan, Step, declared

log = logging.getLogger(__name__)

LOCK = 0x72756E73  # "runs": the first half of the lock; the second is the run's name
MOST_TRIES = 5
FIRST_WAIT = timedelta(minutes=1)  # doubled with every try
DEADLY_FOR = timedelta(minutes=15)
KEPT_OF_AN_ERROR = 2000  # characters
CROSSED = frozenset({"40P01", "40001"})  # deadlock, serialization failure

Clock = Callable[[], datetime]
Stop = Callable[[], bool]
Tell = Callable[[Step, date, str, str], None]  # step, day, key of the item and what became of it; "", "": it begins


class Busy(Exception):
    """Another process is at work on this run."""


class OutOfOrder(Exception):
    """An earlier day is not done yet; `day` is the one whose turn it is."""

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


@dataclass(frozen=True)
class Progress:
    """How a call ended: `done`, or the step that waits, and for what moment where that is known, or what hinders it."""

    day: date
    done: bool
    waits_at: str = ""
    until: datetime | None = None
    hindered: Hindrance | None = None


class _Stopped(Exception):
    """The caller's time is up."""


def _never() -> bool:
    return False


def _quiet(_step: Step, _day: date, _key: str, _outcome: str) -> None:
    return None


def catch_up(*, name: str, clock: Clock, stop: Stop = _never, tell: Tell = _quiet) -> list[Progress]:
    """This function will carry out every day that is open, oldest first, as far as the clock allows.

    Answers how each day ended that it worked on. Raises Busy, UnknownRun.
    """
    plan, reached = declared(name), []
    with _alone(name):
        while (day := next_day(plan, clock())) <= plan.day_of(clock()):
            reached.append(_advance(plan, day, clock, stop, tell))
            if not reached[-1].done:
                break
    return reached


def advance(*, name: str, day: date, clock: Clock, stop: Stop = _never, tell: Tell = _quiet) -> Progress:
    """This function will carry one day out, as far as the clock allows; a day that is done is answered as such.

    Raises OutOfOrder when it is another day's turn, or the day has not come; Busy, UnknownRun.
    """
    plan = declared(name)
    with _alone(name):
        if Run.objects.filter(name=name, day=day, state=Run.State.DONE).exists():
            return Progress(day, done=True)
        turn = next_day(plan, clock())
        first = not Run.objects.filter(name=name).exists()
        if (day != turn and not first) or day > plan.day_of(clock()):
            raise OutOfOrder(turn)
        return _advance(plan, day, clock, stop, tell)


def next_day(plan: Plan, now: datetime) -> date:
    """This function will say whose turn it is: the oldest open day, or the one after the last that is done.

    A run that has never been begins with today: what was before it was not the portal's.
    """
    opened = Run.objects.filter(name=plan.name, state=Run.State.OPEN).order_by("day").values_list("day", flat=True)
    if (day := opened.first()) is not None:
        return day
    last = Run.objects.filter(name=plan.name).order_by("-day").values_list("day", flat=True).first()
    return plan.day_of(now) if last is None else last + timedelta(days=1)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    half = zlib.crc32(name.encode()) - 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, half])
        if not cursor.fetchone()[0]:
            raise Busy(name)
    try:
        yield
    finally:
        if connection.is_usable():  # a connection that is gone has taken its lock along
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, half])


def _advance(plan: Plan, day: date, clock: Clock, stop: Stop, tell: Tell) -> Progress:
    hindered = hindrances.against(plan, day, clock())
    if hindered is not None:
        log.warning("%s for %s: %s", plan.name, day, hindered.sentence)
        return Progress(day, done=False, hindered=hindered)
    run, _made = Run.objects.get_or_create(name=plan.name, day=day, defaults={"started_at": clock()})
    rows = _rows(plan, run)
    for step in plan.steps:
        row = rows[step.name]
        if row.state == StepProgress.State.DONE:
            continue
        if clock() < (begins := step.starts(day)):
            return Progress(day, done=False, waits_at=step.name, until=begins)
        try:
            until = _Session(step, row, day, clock, stop, tell).work()
        except (NotYet, _Stopped):
            return Progress(day, done=False, waits_at=step.name)
        if until is not None:
            return Progress(day, done=False, waits_at=step.name, until=until)
    run.state, run.finished_at = Run.State.DONE, clock()
    run.save(update_fields=["state", "finished_at"])
    log.info("%s for %s is done", plan.name, day)
    return Progress(day, done=True)


def _rows(plan: Plan, run: Run) -> dict[str, StepProgress]:
    """A row for each step of the board, those too that a new release has brought while the day was open."""
    StepProgress.objects.bulk_create(
        [StepProgress(run=run, name=step.name, position=place) for place, step in enumerate(plan.steps)],
        update_conflicts=True,
        unique_fields=["run", "name"],
        update_fields=["position"],
    )
    return {row.name: row for row in run.steps.all()}


class _Session:
    """One process at work on one step."""

    def __init__(self, step: Step, row: StepProgress, day: date, clock: Clock, stop: Stop, tell: Tell) -> None:
        self.step, self.row, self.day, self.clock, self.stop, self.tell = step, row, day, clock, stop, tell
        # The last session died: count each try before it begins, as far as that session can have come with its items.
        self.careful = step.page if row.open_session else 0

    def work(self) -> datetime | None:
        """Do what is due. None when the step is done, else the moment of the next try.

        Raises NotYet, and _Stopped when the caller's time is up.
        """
        self._begin()
        try:
            while self._again() + self._fresh():
                pass
        except (NotYet, _Stopped):
            self._leave()
            raise
        waiting = self.row.items.filter(state=Item.State.FAILED).order_by("next_try_at")
        until = waiting.values_list("next_try_at", flat=True).first()
        if until is None:
            self.row.state, self.row.finished_at = StepProgress.State.DONE, self.clock()
        self._leave()
        return until

    def _begin(self) -> None:
        row = self.row
        if row.started_at is None:
            row.started_at = self.clock()
            row.total = self.step.count(self.day) if self.step.count else None
        row.state, row.open_session = StepProgress.State.RUNNING, True
        row.save()
        self.tell(self.step, self.day, "", "")

    def _leave(self) -> None:
        self.row.open_session = False
        self.row.save()

    def _again(self) -> int:
        """Try what failed and whose time has come; answer how many were tried."""
        due = self.row.items.filter(state=Item.State.FAILED, next_try_at__lte=self.clock())
        keys = list(due.order_by("id").values_list("key", flat=True))
        for key in keys:
            self._one(key)
        return len(keys)

    def _fresh(self) -> int:
        """Do every item that has no row yet; answer how many."""
        done, after = 0, ""
        while keys := self.step.items(self.day, after, self.step.page):
            known = set(self.row.items.filter(key__in=keys).values_list("key", flat=True))
            fresh = [key for key in keys if key not in known]
            self._in_order(fresh)
            done += len(fresh)
            after = keys[-1]
        return done

    def _in_order(self, keys: Sequence[str]) -> None:
        """Do these items, together where the step can and nothing speaks against it, else one by one."""
        at, size = 0, len(keys)
        while at < len(keys):
            asked = keys[at : at + size]
            done = self._together(asked)
            at += done
            if done == len(asked):
                size = min(2 * size, len(keys))
            else:
                size = max(2, 2 * done or size // 2)
                self._one(keys[at])
                at += 1

    def _together(self, keys: Sequence[str]) -> int:
        """Do the first of these items in one transaction; answer how many, 0 where the first must go by itself."""
        if self.step.do_many is None or self.careful or len(keys) < 2:
            return 0
        if self.stop():
            raise _Stopped
        now = self.clock()
        try:
            with transaction.atomic():
                outcomes = self.step.do_many(keys, self.day, now)
                self._mark_all_done(keys[: len(outcomes)], outcomes, now)
        except (InterfaceError, NotYet):
            raise
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in CROSSED:
                raise
            return 0  # two transactions waited for one another: nothing was done
        except Exception:
            log.exception("%s: %s items for %s are done one by one", self.step.name, len(keys), self.day)
            return 0
        for key, outcome in zip(keys, outcomes, strict=False):
            self.tell(self.step, self.day, key, outcome)
        return len(outcomes)

    def _one(self, key: str) -> None:
        if self.stop():
            raise _Stopped
        now = self.clock()
        if self.careful and not self._counted_before(key, now):
            self.careful -= 1
            self.tell(self.step, self.day, key, Item.State.PARKED.value)
            return
        try:
            outcome = self._carry_out(key, now)
        except (InterfaceError, OperationalError, NotYet):
            raise  # not the item's fault
        except Exception as error:
            state = self._note_failure(key, error, now)
            log.exception("%s: %s for %s is %s", self.step.name, key, self.day, state)
            self.tell(self.step, self.day, key, state)
        else:
            self.tell(self.step, self.day, key, outcome)
        self.careful = max(0, self.careful - 1)

    def _carry_out(self, key: str, now: datetime) -> str:
        if self.step.own_transactions:
            outcome = self.step.do(key, self.day, now)
            self._mark_done(key, outcome, now)
            return outcome
        with transaction.atomic():
            outcome = self.step.do(key, self.day, now)
            self._mark_done(key, outcome, now)
        return outcome

    def _mark_done(self, key: str, outcome: str, now: datetime) -> None:
        """The mark beside the effect. Somebody else's mark undoes what was just done: it was done already."""
        with connection.cursor() as cursor:
            cursor.execute(_MARK_DONE, [self.row.pk, key, outcome, now])
            if cursor.fetchone() is None and not self.step.own_transactions:
                raise RuntimeError(f"{key} was done by another process meanwhile")

    def _mark_all_done(self, keys: Sequence[str], outcomes: Sequence[str], now: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_MARK_ALL_DONE, [self.row.pk, now, list(keys), list(outcomes)])
            if cursor.rowcount != len(keys):
                raise RuntimeError("some of these items were done by another process meanwhile")

    def _note_failure(self, key: str, error: Exception, now: datetime) -> str:
        text = f"{type(error).__name__}: {error}"[:KEPT_OF_AN_ERROR].replace("\x00", "")
        counted = 0 if self.careful else 1  # a careful session has counted this try
        with connection.cursor() as cursor:
            cursor.execute(_NOTE_FAILURE, [self.row.pk, key, counted or 1, text, now, counted])
            tries = int(cursor.fetchone()[0])
        return self._wait_or_park(key, tries, now)

    def _wait_or_park(self, key: str, tries: int, now: datetime) -> str:
        state = Item.State.PARKED if tries >= MOST_TRIES else Item.State.FAILED
        next_try = None if state == Item.State.PARKED else now + FIRST_WAIT * 2 ** (tries - 1)
        self.row.items.filter(key=key).update(state=state, next_try_at=next_try)
        return state.value

    def _counted_before(self, key: str, now: datetime) -> bool:
        """Count a try before it begins; False when the item is parked instead.

        Whoever kills processes hits some item each time, and often the first: only one that has been at hand at every
        death for DEADLY_FOR is taken for the cause.
        """
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_TRY, [self.row.pk, key, now, now])
            tries, since = cursor.fetchone()
        if tries <= MOST_TRIES or now - since < DEADLY_FOR:
            return True
        self.row.items.filter(key=key).update(state=Item.State.PARKED, next_try_at=None)
        return False


_MARK_DONE = """
    INSERT INTO runs_item AS i (step_id, key, state, outcome, attempts, error, at)
    VALUES (%s, %s, 'done', %s, 1, '', %s)
    ON CONFLICT (step_id, key) DO UPDATE
       SET state = 'done', outcome = excluded.outcome, at = excluded.at, next_try_at = NULL, error = ''
     WHERE i.state <> 'done'
    RETURNING id
"""
_MARK_ALL_DONE = """
    INSERT INTO runs_item AS i (step_id, key, state, outcome, attempts, error, at)
    SELECT %s, done.key, 'done', done.outcome, 1, '', %s
      FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS done (key, outcome, place) ORDER BY done.place
    ON CONFLICT (step_id, key) DO UPDATE
       SET state = 'done', outcome = excluded.outcome, at = excluded.at, next_try_at = NULL, error = ''
     WHERE i.state <> 'done'
"""
_NOTE_FAILURE = """
    INSERT INTO runs_item AS i (step_id, key, state, outcome, attempts, error, at)
    VALUES (%s, %s, 'failed', '', %s, %s, %s)
    ON CONFLICT (step_id, key) DO UPDATE
       SET state = 'failed', attempts = i.attempts + %s, error = excluded.error, at = excluded.at
     WHERE i.state <> 'done'
    RETURNING attempts
"""
_COUNT_TRY = """
    INSERT INTO runs_item AS i (step_id, key, state, outcome, attempts, next_try_at, error, at)
    VALUES (%s, %s, 'failed', '', 1, %s, 'the process ended in the middle', %s)
    ON CONFLICT (step_id, key) DO UPDATE
       SET state = 'failed', attempts = i.attempts + 1, next_try_at = excluded.next_try_at, error = excluded.error
     WHERE i.state <> 'done'
    RETURNING attempts, at
"""
