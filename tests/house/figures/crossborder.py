"""Figures of payments abroad."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

from accounts.identity.photos import PhotoRefused
from core.reviews.models import Case
from payments.crossborder import queries, rendering
from payments.crossborder.fees import Charges
from payments.crossborder.models import Payment
from payments.crossborder.quota import Basis
from payments.crossborder.refusals import PaperRefused, TransferRefused
from payments.crossborder.services import coming, rounds, sending
from payments.crossborder.services.confirming import SUBJECT
from payments.crossborder.states import State
from tests.factories import crossborder as make
from tests.house.figures.ground import Ground, Observe, Watch


def sender(ground: Ground) -> make.Sender:
    return make.sender(now=ground.now)


def grounds(source: str, *amounts: int) -> Observe:
    """Up to which amount a payment goes without documents."""

    def look(ground: Ground) -> list[Basis]:
        by = sender(ground)
        return [Basis(make.drafted(by, amount, source=getattr(by, source), now=ground.now).basis) for amount in amounts]

    return look


def fee(amount: int, charges: Charges = Charges.SHA) -> Observe:
    def look(ground: Ground) -> int:
        return make.drafted(sender(ground), amount, charges=charges, now=ground.now).fee

    return look


def country(ground: Ground) -> str:
    """Whether anything goes to a country, and whether people look at it."""
    by = sender(ground)
    try:
        return str(make.ready(by, 100_00, now=ground.now).state)
    except TransferRefused as refusal:
        return type(refusal).__name__


def split(days: int) -> Callable[[Ground], Any]:
    """What becomes of the fifth payer of one account, when the others paid some days before."""

    def look(ground: Ground) -> list[str]:
        people = [make.sender(now=ground.now - timedelta(days=days), name=name) for name in "赵钱孙李周吴"]
        for one in people[:4]:
            make.ready(one, 100_00, now=ground.now - timedelta(days=days))
        return [make.ready(one, 100_00, now=ground.now).state for one in people[4:]]

    return look


def void_after(ground: Ground) -> timedelta:
    draft = make.drafted(sender(ground), 100_00, now=ground.now)
    return draft.expires_at - draft.created_at


def arrives(ground: Ground) -> Any:
    payment = make.ready(sender(ground), 100_00, now=ground.now)

    class Silent:
        def send(self, **_what: Any) -> None: ...

    sending.run(now=ground.now, gateway=Silent())  # type: ignore[arg-type]
    return make.again(payment).promised_on


def documents(*pages: int) -> Observe:
    """Which of these documents are taken, one after the other."""

    def look(ground: Ground) -> list[str]:
        by = sender(ground)
        draft, told = make.drafted(by, 60_000_00, now=ground.now), []
        for count in pages:
            try:
                data, name = (make.pdf(count), "a.pdf") if count else (b"nothing", "a.jpg")
                make.document(by, draft, data=data, name=name, now=ground.now)
                told.append("kept")
            except (rendering.TooManyPages, PaperRefused, PhotoRefused) as refusal:
                told.append(type(refusal).__name__)
        return told

    return look


def case(what: str) -> Observe:
    def look(ground: Ground) -> Any:
        by = sender(ground)
        payment, found = make.in_review(by, 60_000_00, now=ground.now)
        assert payment.state == State.REVIEW
        assert found == Case.objects.get(subject=SUBJECT)
        return {
            "due": found.due_at,
            "claim": found.frozen_rule.claim_minutes,
            "steps": found.frozen_rule.steps,
        }[what]

    return look


def left(ground: Ground) -> int:
    by = sender(ground)
    make.accepted(by, 1_000_00, now=ground.now)
    return queries.year_of(by.customer, on=ground.today).left


BANDS = "reviewer|approver, approver|risk_officer, manager"


def looked_after_from(ground: Ground) -> Any:
    """Since when nothing was heard of what colleagues look after."""
    with mock.patch.object(rounds.queries, "silent", return_value=[]) as asked_for:
        rounds.look_after(now=ground.now)
    return asked_for.call_args.kwargs["heard_before"]


def kept(cents: int) -> Observe:
    """Whether people look before a return is credited of which so much was kept."""

    def look(ground: Ground) -> bool:
        return coming.too_little(_left(ground), 1_000_00 - cents, now=ground.now)

    return look


def fee_given_back(ground: Ground) -> list[bool]:
    """For which reasons of a return the fee is given back too."""
    payment, found = _left(ground), []
    for payment.reason_code in ("AC04", "AB08"):
        found.append(coming.gives_fee_back(payment, now=ground.now))
    return found


def _left(ground: Ground) -> Payment:
    """A payment of a thousand dollars."""
    return make.accepted(sender(ground), 1_000_00, now=ground.now)


WATCHED: dict[str, Watch] = {
    "crossborder.quota_year.usd": Watch(left),
    "crossborder.own_day.usd": Watch(grounds("dollars", 40_000_00, 60_000_00), changed="30000.00"),
    "crossborder.fee_percent": Watch(fee(20_000_00), changed="0.15"),
    "crossborder.fee_least.cny": Watch(fee(100_00)),
    "crossborder.fee_most.cny": Watch(fee(60_000_00)),
    "crossborder.fee_message.cny": Watch(fee(100_00)),
    "crossborder.fee_others.cny": Watch(fee(100_00, Charges.OUR)),
    "crossborder.countries_stopped": Watch(country, changed="DE KP"),
    "crossborder.countries_watched": Watch(country, changed="DE IR"),
    "crossborder.split_people": Watch(split(0), changed="6"),
    "crossborder.split_days": Watch(split(2), changed="2"),
    "crossborder.draft_minutes": Watch(void_after),
    "crossborder.arrival_days": Watch(arrives),
    "crossborder.silent_days": Watch(looked_after_from),
    "crossborder.charges_most.cny": Watch(kept(100_00), changed="500.00"),
    "crossborder.fee_back_codes": Watch(fee_given_back, changed="AC04"),
    "crossborder.papers_most": Watch(documents(1, 2), changed="1"),
    "crossborder.paper_pages_most": Watch(documents(3), changed="2"),
    "crossborder.uploads_a_day": Watch(documents(0, 0), changed="1"),
    "crossborder.review_hours": Watch(case("due")),
    "crossborder.claim_minutes": Watch(case("claim")),
    "review.bands.crossborder.usd": Watch(case("steps"), changed=BANDS),
}
