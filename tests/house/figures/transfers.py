"""Figures of payments, standing orders, classes of accounts and clearing."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.test import RequestFactory

from accounts import class_limits, classes
from accounts.access import proof
from ledger import steps as book_steps
from ledger.changes import _in_time
from payments import figures, limits, queries, watching
from payments.asking import Free
from payments.clearing.paths import Mode, Offer, Path
from payments.clearing.services import promises, sending, taking
from payments.limits import Used
from payments.models import Transfer
from payments.schedules import steps as day_steps
from payments.schedules.services import proposals
from payments.schedules.views import agreeing
from payments.services import doors, own_limits, payees, rules, transfers
from payments.views import receipts
from payments.views.transfers import in_words
from tests.factories import clearing, schedules
from tests.factories import payments as money
from tests.house.figures.ground import Ground, Observe, Watch, largest, outcome

LIMITS = {
    "payment_limit": "payment", "daily_limit": "day", "monthly_limit": "month", "yearly_limit": "year",
    "daily_count": "day_count", "monthly_count": "month_count", "yearly_count": "year_count",
}  # fmt: skip
BOUNDLESS = 10**15


NOTHING = Used()


def standing(used: Used = NOTHING, **given: Any) -> queries.Standing:
    values: dict[str, Any] = {
        "used": used, "to_young": 0, "own": {}, "freedoms": {}, "payee_active": True, "payee_trusted": False,
        "payee_since": None,
    }  # fmt: skip
    return queries.Standing(**{**values, **given})


def limit(which: str, currency: str, own: dict[str, int]) -> Observe:
    """The most that passes, after nothing else has moved or after so much has."""

    def look(ground: Ground) -> int:
        allowed = standing(own=own).limits(currency=currency, on=ground.today)

        def passes(figure: int) -> bool:
            amount, used = (figure, Used()) if which == "payment" else (0, Used(**{which: figure}))
            found = limits.breach(amount=amount, used=used, limits=allowed, today=ground.today)
            return found is None or found.which.value != which

        return largest(passes, most=BOUNDLESS)

    return look


def _limits() -> dict[str, Watch]:
    found = {}
    for name, which in LIMITS.items():
        for ending, own in (("", {}), ("_most", {which: BOUNDLESS})):
            if name.endswith("count"):
                found[f"transfer.{name}{ending}"] = Watch(limit(which, "CNY", own))
            else:
                for currency in ("CNY", "CZK"):
                    key = f"transfer.{name}{ending}.{currency.lower()}"
                    found[key] = Watch(limit(which, currency, own))
    return found


def moves(kind: str, amount: int, currency: str = "CNY") -> Any:
    return SimpleNamespace(kind=kind, amount=amount, currency=currency)


def asked(kind: str, amount: int, *, currency: str = "CNY", seconds: float = 60.0, **given: Any) -> Callable[..., Any]:
    def look(ground: Ground) -> rules.Asked:
        found = standing(**given)
        return rules.asked(
            moves(kind, amount, currency), standing=found, careful_until=None, seconds=seconds, now=ground.now
        )

    return look


TO = {Free.OWN: Transfer.Kind.OWN, Free.TRUSTED: Transfer.Kind.CUSTOMER, Free.SMALL: Transfer.Kind.CUSTOMER}


def free(kind: Free, what: str, currency: str) -> Observe:
    """How far one kind of transfers goes without a code."""

    def look(ground: Ground) -> int:
        def passes(figure: int) -> bool:
            gone = {"payment": [True, 0, 0], "total": [True, figure, 0], "count": [True, 0, figure]}[what]
            amount = figure if what == "payment" else 1
            question = asked(
                TO[kind], amount, currency=currency, freedoms={f"{kind}:{currency}": gone},
                payee_trusted=kind is Free.TRUSTED,
            )  # fmt: skip
            return bool(question(ground).free == kind)

        return largest(passes)

    return look


def _free() -> dict[str, Watch]:
    found = {}
    for kind in Free:
        found[f"transfer.free.{kind}.count"] = Watch(free(kind, "count", "CNY"))
        for currency in ("CNY", "CZK"):
            for what in ("payment", "total"):
                found[f"transfer.free.{kind}.{what}.{currency.lower()}"] = Watch(free(kind, what, currency))
    return found


def human(ground: Ground) -> list[str]:
    freedoms = {"own:CNY": [True, 0, 0]}
    return [asked(Transfer.Kind.OWN, 1, seconds=float(s), freedoms=freedoms)(ground).free for s in range(60)]


def large(currency: str) -> Observe:
    return lambda ground: largest(
        lambda amount: asked(Transfer.Kind.CUSTOMER, amount, currency=currency)(ground).total is None
    )


def passkey(currency: str) -> Observe:
    return lambda ground: largest(
        lambda amount: asked(Transfer.Kind.CUSTOMER, amount, currency=currency)(ground).proof is proof.Proof.ANY
    )


def young(currency: str) -> Observe:
    """What goes to payees that are new, whatever the other limits say."""

    def look(ground: Ground) -> bool | int:
        def passes(amount: int) -> bool:
            with mock.patch.object(limits, "breach", return_value=None):
                act = outcome(
                    lambda: rules.within_limits(
                        ground.customer, moves=moves(Transfer.Kind.CUSTOMER, amount, currency), standing=standing(),
                        payee_since=ground.now - timedelta(minutes=5), gone_to_payee=lambda: 0, now=ground.now,
                    )
                )  # fmt: skip
            return act == "done"

        return largest(passes)

    return look


def new_payee(ground: Ground) -> str:
    third = money.account(money.customer("赵敏", now=ground.now), now=ground.now)
    return outcome(
        lambda: payees.propose(
            customer=ground.pair.payer, number=third.number, holder_name="赵敏", alias="", now=ground.now
        )
    )


def checks_of_receipts(ground: Ground) -> list[bool]:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")
    return [receipts._wait(request, ground.now) is None for _try in range(8)]


def draft_life(ground: Ground) -> timedelta:
    made = transfers.draft(
        customer=ground.pair.payer, key=uuid.uuid4(), order=money.order(ground.pair, 100), now=ground.now
    )
    draft = Transfer.objects.get(public_id=made.transfer_id)
    return draft.expires_at - draft.created_at


def words_from(ground: Ground) -> int:
    def short(amount: int) -> bool:
        one: Any = SimpleNamespace(currency="CNY", amount=amount)
        return in_words(one, now=ground.now) == ""

    return largest(short, most=10**9)


def one_more_order(ground: Ground) -> str:
    wanted = schedules.terms(ground.pair)
    return outcome(
        lambda: proposals.propose(customer=ground.pair.payer, key=uuid.uuid4(), terms=wanted, now=ground.now)
    )


def oldest_booking(ground: Ground) -> int:
    return largest(
        lambda days: (
            outcome(lambda: _in_time({"business_date": str(ground.today - timedelta(days=days))}, ground.now)) == "done"
        ),
        most=1000,
    )


# ── Classes of accounts ──────────────────────────────────────────────────────
def capped(account_class: str, name: str) -> Observe:
    judge = classes.breach_out if name.startswith("out") else classes.breach_in

    def look(ground: Ground) -> int:
        caps = class_limits.caps(account_class, currency="CNY", on=ground.today)

        def passes(used: int) -> bool:
            found = judge(amount=0, used=classes.Used(**{name: used}), caps=caps, bound=False, today=ground.today)
            return found is None

        return largest(passes)

    return look


def most_accounts(account_class: str) -> Observe:
    return lambda ground: largest(
        lambda held: (
            classes.may_open(account_class, held={account_class: held}, most=class_limits.most(on=ground.today))
            is not classes.WhyNot.FULL
        ),
        most=1000,
    )


def refusals(ground: Ground) -> int:
    with mock.patch.object(doors, "_judge", side_effect=doors.PayeeCannotTake) as judged:
        for _try in range(20):
            outcome(
                lambda: doors.class_would_allow(
                    classed=True, payer_id=1, source_id=1, destination_id=2, own=False, amount=1, currency="CNY",
                    today=ground.today,
                )
            )  # fmt: skip
    return judged.call_count


def _classes() -> dict[str, Watch]:
    names = ("in_day", "in_year", "out_day", "out_year")
    found = {f"account_class.{c}.{name}.cny": Watch(capped(c, name)) for c in ("ii", "iii") for name in names}
    found["account_class.iii.balance.cny"] = Watch(capped("iii", "balance"))
    found |= {f"account_class.{c}.most": Watch(most_accounts(c)) for c in ("i", "ii", "iii")}
    return found | {"account_class.refusals_per_day": Watch(refusals)}


# ── Clearing ─────────────────────────────────────────────────────────────────
def offer(
    ground: Ground, mode: Mode, *, amount: int = 100, systems: tuple[Path, ...] = tuple(Path), at: int = 0
) -> Any:
    moment = promises.local(ground.now).replace(hour=at // 60, minute=at % 60) if at else ground.now
    bank: Any = SimpleNamespace(systems=frozenset(systems))
    return promises.offer(mode=mode, amount=amount, currency="CNY", bank=bank, now=moment)


def carried_by(mode: Mode, path: Path) -> Observe:
    return lambda ground: largest(lambda amount: offer(ground, mode, amount=amount).path is path)


def arrives(mode: Mode, *systems: Path) -> Observe:
    return lambda ground: offer(ground, mode, systems=systems or tuple(Path)).arrives_by


def leaves(mode: Mode) -> Observe:
    return lambda ground: offer(ground, mode).execute_at


def open_hours(ground: Ground) -> list[bool]:
    return [isinstance(offer(ground, Mode.REAL_TIME, systems=(Path.HVPS,), at=at), Offer) for at in range(15, 1440, 15)]


def unanswered(path: Path) -> Observe:
    """Since when payments of a path are asked after."""

    def look(ground: Ground) -> Any:
        with (
            mock.patch.object(sending.queries, "unanswered", return_value=[]) as asked_for,
            mock.patch.object(sending.queries, "to_ask_about", return_value=[]),
        ):
            sending.look_after(gateway=mock.Mock(), now=ground.now)
        return [call.kwargs["sent_before"] for call in asked_for.call_args_list if call.kwargs["path"] == path.value]

    return look


def asked_again(ground: Ground) -> Any:
    with mock.patch.object(sending.queries, "to_ask_about", return_value=[]) as asked_for:
        sending.look_after(gateway=mock.Mock(), now=ground.now)
    return asked_for.call_args.kwargs["asked_before"]


def round_of(ground: Ground) -> int:
    payer = clearing.payer(now=ground.now)
    for _each in range(2):
        clearing.accepted(payer, 100, now=ground.now)
    with mock.patch.object(sending, "_write"):
        return sending._write_some(ground.now)


def largest_file(ground: Ground) -> Any:
    gateway = mock.Mock()
    gateway.collect.return_value = []
    taking.take_in(gateway=gateway, now=ground.now)
    return gateway.collect.call_args


def unjudged(currency: str) -> Observe:
    """The most that goes to a known payee where the monitor gives no verdict."""

    def look(ground: Ground) -> int:
        def passes(amount: int) -> bool:
            known = ground.now - timedelta(days=90)
            moving = watching.Moving("customer", uuid.uuid4(), 1, 1, 2, "1", known, amount, currency, by_code=True)
            return watching.unjudged(moving, now=ground.now).outcome is watching.Outcome.ALLOW

        return largest(passes)

    return look


def given_back_at(ground: Ground) -> Any:
    moving = watching.Moving("customer", uuid.uuid4(), 1, 1, 2, "1", None, 1, "CNY", by_code=True)
    return watching.unjudged(moving, now=ground.now).until


WATCHED: dict[str, Watch] = {
    **_limits(),
    **_free(),
    **_classes(),
    **{f"transfer.large_sum.{one.lower()}": Watch(large(one)) for one in ("CNY", "CZK")},
    **{f"stepup.passkey_above.payments.transfer.{one.lower()}": Watch(passkey(one)) for one in ("CNY", "CZK")},
    **{f"payee.cooling_most.{one.lower()}": Watch(young(one)) for one in ("CNY", "CZK")},
    **{f"clearing.answer_minutes.{path.value}": Watch(unanswered(path)) for path in Path},
    "transfer.own.counts_towards_limits": Watch(
        lambda ground: outcome(
            lambda: rules.within_limits(
                ground.customer,
                moves=moves(Transfer.Kind.OWN, BOUNDLESS),
                standing=standing(),
                payee_since=None,
                gone_to_payee=lambda: 0,
                now=ground.now,
            )
        )
    ),
    "transfer.own.step_up": Watch(asked(Transfer.Kind.OWN, 100)),
    "transfer.draft_minutes": Watch(draft_life),
    "transfer.words_from.cny": Watch(words_from),
    "transfer.raise_hours": Watch(lambda ground: own_limits.wait_hours(ground.now)),
    "transfer.human_seconds": Watch(human),
    **{f"transfer.unjudged_most.{one.lower()}": Watch(unjudged(one)) for one in ("CNY", "CZK")},
    "transfer.unjudged_hours": Watch(given_back_at),
    "transfer.judge_milliseconds": Watch(lambda ground: watching.milliseconds_for(ground.now)),
    "transfer.at_once_seconds": Watch(lambda ground: figures.at_once(ground.now)),
    "payee.cooling_hours": Watch(
        lambda ground: [
            figures.is_young(ground.now - timedelta(hours=hours), now=ground.now) for hours in range(0, 200, 4)
        ]
    ),
    "payee.most": Watch(new_payee, changed="0"),
    "payee.lookups_per_hour": Watch(new_payee, changed="0"),
    "receipt.checks_per_minute": Watch(checks_of_receipts, changed="3"),
    "day.closing_minutes": Watch(lambda ground: book_steps.closing(ground.today)),
    "day.most_behind": Watch(lambda ground: book_steps.most_behind(ground.today)),
    "schedule.payments_hour": Watch(lambda ground: day_steps.morning(ground.today)),
    "schedule.retry_hour": Watch(lambda ground: day_steps.evening(ground.today), changed="19"),
    "schedule.most": Watch(one_more_order, changed="0"),
    "schedule.furthest_days": Watch(lambda ground: proposals.last_possible(ground.today)),
    "schedule.notice_days_most": Watch(lambda ground: agreeing._notice_most(ground.today)),
    "changes.booking_oldest_days": Watch(oldest_booking),
    "clearing.ibps_most.cny": Watch(carried_by(Mode.REAL_TIME, Path.IBPS)),
    "clearing.beps_most.cny": Watch(carried_by(Mode.ORDINARY, Path.BEPS)),
    "clearing.hvps_opens": Watch(open_hours, changed="21:30"),
    "clearing.hvps_closes": Watch(open_hours, changed="16:15"),
    "clearing.instant_seconds": Watch(arrives(Mode.REAL_TIME)),
    "clearing.hvps_minutes": Watch(arrives(Mode.REAL_TIME, Path.HVPS)),
    "clearing.ordinary_minutes": Watch(leaves(Mode.ORDINARY)),
    "clearing.batch_minutes": Watch(arrives(Mode.ORDINARY)),
    "clearing.next_day_opens": Watch(leaves(Mode.NEXT_DAY), changed="10:00"),
    "clearing.ask_again_minutes": Watch(asked_again),
    "clearing.batch_most": Watch(round_of, changed="1"),
    "clearing.file_most_bytes": Watch(largest_file),
}
