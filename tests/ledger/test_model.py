"""Random programs against the books and against a model of forty lines; the two always agree.

The model is the smallest thing that could be right: dictionaries, checked before and changed after.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ledger import balances, checks, posting
from ledger.models import Account
from ledger.rollups import roll_up
from tests.factories import ledger as make

PEOPLE = {"ann": 0, "bob": -500, "eve": None}  # name -> floor
names = st.sampled_from([*PEOPLE, "cash", "fees"])
amounts = st.integers(min_value=-700, max_value=700)
keys = st.sampled_from([f"k{n}" for n in range(12)])
sides = st.lists(st.tuples(names, amounts), min_size=1, max_size=4)


class Refused(Exception):
    pass


class Model:
    """What the books promise, in memory."""

    def __init__(self) -> None:
        self.lines: dict[str, list[int]] = {name: [] for name in [*PEOPLE, "cash", "fees"]}
        self.entries: dict[str, Any] = {}
        self.holds: dict[str, list[Any]] = {}  # key -> [name, amount, state]

    def booked(self, name: str) -> int:
        return sum(self.lines[name])

    def held(self, name: str) -> int:
        return sum(amount for who, amount, state in self.holds.values() if who == name and state == "live")

    def room(self, name: str, amount: int, *, free: int = 0) -> bool:
        floor = PEOPLE.get(name)
        return floor is None or self.booked(name) + amount - self.held(name) + free >= floor

    def post(self, key: str, content: tuple[Any, ...], *, free: dict[str, int] | None = None) -> bool:
        if key in self.entries:
            if self.entries[key] != content:
                raise Refused
            return True
        what, mirrored = content
        if len(what) < 2 or sum(a for _, a in what) or not all(a for _, a in what):
            raise Refused
        if mirrored is not None and any(other[1] == mirrored for other in self.entries.values()):
            raise Refused
        so_far: dict[str, int] = {}
        for name, amount in what:
            so_far[name] = so_far.get(name, 0) + amount
            if not self.room(name, so_far[name], free=(free or {}).get(name, 0)):
                raise Refused
        for name, amount in what:
            self.lines[name].append(amount)
        self.entries[key] = content
        return False


class Books(RuleBasedStateMachine):
    """Each rule does the same to both and compares what they answer."""

    @initialize()
    def open(self) -> None:
        self.model, self.ids, self.hold_ids = Model(), {}, {}
        self.account: dict[str, Account] = {
            **{name: make.running(floor=floor, code=make.key(name)) for name, floor in PEOPLE.items()},
            "cash": make.internal(make.key("cash")),
            "fees": make.internal(make.key("fees"), kind="income"),
        }
        self.prefix = make.key("program")

    def both(self, model: Callable[[], Any], books: Callable[[], Any]) -> Any:
        try:
            expected = model()
        except Refused:
            with pytest.raises(posting.LedgerError), transaction.atomic():
                books()
            return None
        result = books()
        repeated = result if isinstance(result, bool) else result.repeated
        assert repeated is expected
        return result

    def as_lines(self, what: list[tuple[str, int]]) -> list[posting.Line]:
        return [posting.Line(self.account[name].pk, amount) for name, amount in what]

    def send(self, key: str, what: list[tuple[str, int]]) -> posting.Posted:
        return posting.post(
            key=f"{self.prefix}-{key}", kind="test.random", channel="online", business_date=make.DAY,
            lines=self.as_lines(what),
        )  # fmt: skip

    @rule(key=keys, what=sides, balance=st.booleans())
    def post(self, key: str, what: list[tuple[str, int]], balance: bool) -> None:
        if balance:
            what = [*what, ("cash", -sum(amount for _, amount in what))]
        posted = self.both(lambda: self.model.post(key, (tuple(what), None)), lambda: self.send(key, what))
        if posted:
            assert self.ids.setdefault(key, posted.entry_id) == posted.entry_id

    @rule(batch=st.lists(st.tuples(keys, names, names, amounts), max_size=5))
    def post_many(self, batch: list[tuple[str, str, str, int]]) -> None:
        drafts = [(key, ((one, amount), (two, -amount))) for key, one, two, amount in batch]
        trial = Model()
        trial.lines = {name: list(amounts) for name, amounts in self.model.lines.items()}
        trial.entries, trial.holds = dict(self.model.entries), self.model.holds

        def books() -> list[posting.Posted]:
            return posting.post_many(
                posting.Draft(f"{self.prefix}-{key}", "test.random", "online", make.DAY, self.as_lines(list(what)))
                for key, what in drafts
            )

        try:
            expected = [trial.post(key, (what, None)) for key, what in drafts]
        except Refused:
            with pytest.raises(posting.LedgerError), transaction.atomic():
                books()
            return
        posted = books()
        assert [p.repeated for p in posted] == expected
        self.model = trial
        for (key, _), p in zip(drafts, posted, strict=True):
            assert self.ids.setdefault(key, p.entry_id) == p.entry_id

    @rule(of=keys, key=keys)
    def reverse(self, of: str, key: str) -> None:
        if of not in self.ids:
            return
        what, mirrored = self.model.entries[of]

        def model() -> bool:
            if mirrored is not None and self.model.entries.get(key) != (self.mirror(what), of):
                raise Refused
            return self.model.post(key, (self.mirror(what), of))

        posted = self.both(
            model,
            lambda: posting.reverse(
                entry_id=self.ids[of], key=f"{self.prefix}-{key}", kind="test.random", channel="online",
                business_date=make.DAY,
            ),
        )  # fmt: skip
        if posted:
            self.ids[key] = posted.entry_id

    @staticmethod
    def mirror(what: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
        return tuple((name, -amount) for name, amount in what)

    @rule(key=keys, name=st.sampled_from(sorted(PEOPLE)), amount=st.integers(min_value=0, max_value=400))
    def hold(self, key: str, name: str, amount: int) -> None:
        def model() -> bool:
            if key in self.model.holds:
                if self.model.holds[key][:2] != [name, amount]:
                    raise Refused
                return True
            if amount <= 0 or not self.model.room(name, -amount):
                raise Refused
            self.model.holds[key] = [name, amount, "live"]
            return False

        placed = self.both(
            model,
            lambda: posting.place_hold(key=f"{self.prefix}-{key}", account_id=self.account[name].pk, amount=amount),
        )
        if placed:
            self.hold_ids[key] = placed.hold_id

    @rule(key=keys)
    def release(self, key: str) -> None:
        if key not in self.hold_ids:
            return

        def model() -> bool:
            if self.model.holds[key][2] == "live":
                self.model.holds[key][2] = "released"
                return False
            if self.model.holds[key][2] != "released":
                raise Refused
            return True

        self.both(model, lambda: posting.release_hold(hold_id=self.hold_ids[key]))

    @rule(key=keys, amount=st.integers(min_value=1, max_value=450))
    def capture(self, key: str, amount: int) -> None:
        if key not in self.hold_ids:
            return
        name, held, state = self.model.holds[key]
        what, entry = ((name, -amount), ("fees", amount)), f"capture-{key}"

        def model() -> bool:
            if amount > held or (state == "released") or (state == "live" and entry in self.model.entries):
                raise Refused
            repeated = self.model.post(entry, (what, None), free={name: held} if state == "live" else None)
            self.model.holds[key][2] = "captured"
            return repeated

        self.both(
            model,
            lambda: posting.capture_hold(
                hold_id=self.hold_ids[key], key=f"{self.prefix}-{entry}", kind="test.random", channel="card",
                business_date=make.DAY, lines=self.as_lines(list(what)),
            ),
        )  # fmt: skip

    @rule()
    def roll(self) -> None:
        roll_up()

    @invariant()
    def balances_and_statements_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        found = balances.of([account.pk for account in self.account.values()])
        for name, account in self.account.items():
            assert found[account.pk].booked == self.model.booked(name)
            assert found[account.pk].held == self.model.held(name)
            lines = balances.lines(account.pk, limit=1000)
            assert [line.amount for line in reversed(lines)] == self.model.lines[name]

    def teardown(self) -> None:
        assert checks.drift() == []


@pytest.mark.django_db
def test_random_programs_agree_with_the_model() -> None:
    """Every example runs in a savepoint of its own, so that each starts on fresh accounts and empty keys."""
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=120, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
