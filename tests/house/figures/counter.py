"""Figures of the branch counter."""

from payments.counter.models import Operation
from payments.counter.services import rules, tills
from tests.factories import counter as make
from tests.house.figures.ground import Ground, Observe, Watch, largest


def second(kind: str) -> Observe:
    """The largest amount that one colleague does alone."""

    def look(ground: Ground) -> int:
        someone, _account = make.customer(now=ground.now)

        def alone(amount: int) -> bool:
            asked = Operation(kind=kind, amount=amount, currency="CNY", customer=someone)
            return not rules.why_second(asked, now=ground.now)

        return largest(alone)

    return look


def difference(ground: Ground) -> bool:
    """Whether somebody alone books that 90 yuan are missing."""
    counter = make.opened(now=ground.now)
    tills.count(teller=counter.teller, counted=make.denominations.fewest("CNY", make.FLOAT - 90_00), now=ground.now)
    settled = tills.settle_difference(teller=counter.teller, reason="Paid out too much", now=ground.now)
    return settled.entry_id is not None


def asked_from(ground: Ground) -> int:
    """From which cash on the bank asks somebody of a high risk where it comes from."""
    someone, _account = make.customer(now=ground.now)
    make.verified(someone, risk="high", now=ground.now)
    return largest(
        lambda amount: (
            not rules.asks_note(customer=someone, kind="deposit", amount=amount, currency="CNY", now=ground.now)
        )
    )


def asked_whom(ground: Ground) -> list[bool]:
    """Whether the bank asks somebody of each risk where a million comes from."""
    asked = []
    for number, risk in enumerate(("low", "medium", "high")):
        someone, _account = make.customer(now=ground.now)
        make.verified(someone, risk=risk, number=f"E1234123{number}", now=ground.now)
        asked.append(
            rules.asks_note(customer=someone, kind="deposit", amount=1_000_000_00, currency="CNY", now=ground.now)
        )
    return asked


def visit_ends(ground: Ground) -> object:
    counter = make.opened(now=ground.now)
    return make.visit(counter, make.customer(now=ground.now)[1], now=ground.now).ends_at


def draft_ends(ground: Ground) -> object:
    counter = make.opened(now=ground.now)
    _someone, account = make.customer(now=ground.now)
    visit = make.visit(counter, account, now=ground.now)
    return make.drafted(counter, visit, make.order("deposit", account, 10_00), now=ground.now).expires_at


WATCHED: dict[str, Watch] = {
    **{f"counter.alone_most.{kind}.cny": Watch(second(kind)) for kind in ("deposit", "withdrawal", "transfer")},
    "counter.alone_most.difference.cny": Watch(difference),
    "counter.large_cash.cny": Watch(asked_from),
    "counter.cash_note_risks": Watch(asked_whom, changed="medium high"),
    "counter.visit_minutes": Watch(visit_ends),
    "counter.draft_minutes": Watch(draft_ends),
}
