"""A whole confirmation of a transfer: payer's lock, limits, step-up used up, entry, trail, fact. For bench/transfers.

What comes before the confirmation (the draft, the question and its right answer) is made before the clock starts.
Each payer confirms twenty a day, as the limits allow, and goes on the next day.
"""

import importlib.util
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench import transfers_scratch as scratch

ROOT = Path(__file__).resolve().parent.parent
PAIRS, A_DAY, A_SECOND = 40, 20, 120  # of each caller
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FIGURES = """
import django; django.setup()
from pathlib import Path
from core.policy import loader
loader.load(Path("portal/policy/figures.csv"))
from django.utils import timezone
from payments.monitoring import rules
rules.load(now=timezone.now())
"""
_people: list[Any] = []
_made = 0


def prepare(url: str, _ground: dict[str, int]) -> str:
    """Load figures and rules; answer why a confirmation cannot be measured, or an empty text."""
    if importlib.util.find_spec("payments.services.transfers") is None:
        return "not built"
    subprocess.run([sys.executable, "-c", FIGURES], cwd=ROOT, env=scratch.environment(url), check=True)
    return ""


def steps(order: dict[str, Any], dice: Random) -> Callable[[], int]:
    """Make drafts enough for the time, each with an answered question, and answer the step that confirms one."""
    from django.db import connection

    from accounts.access import stepup
    from accounts.access.models import StepUp
    from payments import queries
    from payments.services import transfers

    global _made  # noqa: PLW0603 - one process, one count
    if not _people:
        _people.extend(_pair(number) for number in range(PAIRS))
    ready = []
    for _ in range(int(order["seconds"] * A_SECOND) + order.get("warm", 5)):
        turn, place = divmod(_made, PAIRS)
        _made += 1
        payer, source, payee = _people[place]
        now = MORNING + timedelta(days=turn // A_DAY)
        drafted = transfers.draft(
            customer=payer,
            key=uuid.uuid4(),
            order=transfers.Order(source.public_id, None, payee.public_id, dice.randint(100, 500)),
            now=now,
        )
        record = queries.transfer_of(payer, drafted.transfer_id)
        assert record is not None, "it was drafted just now"
        question = stepup.start(
            user=payer.user, operation=transfers.OPERATION, payload=transfers.shown(record), now=now
        )
        ready.append((payer, drafted.transfer_id, question.id, now))
    with connection.cursor() as cursor:  # the right answers, all at once
        cursor.execute(f"UPDATE {StepUp._meta.db_table} SET verified_at = created_at WHERE verified_at IS NULL")

    def step() -> int:
        payer, transfer_id, challenge_id, now = ready.pop()
        confirmed = transfers.confirm(customer=payer, transfer_id=transfer_id, challenge_id=challenge_id, now=now)
        if confirmed.repeated:
            raise SystemExit("a transfer was confirmed before")
        return 1

    return step


def _pair(number: int) -> tuple[Any, Any, Any]:
    from accounts import services
    from accounts.models import Customer, User
    from ledger import chart, posting
    from ledger.calendar import business_date
    from payments.models import Payee

    def person() -> Any:
        user = User.objects.create(email=f"{uuid.uuid4().hex}@example.com", password="!", language="en")
        return Customer.objects.create(
            user=user, legal_name=f"Bench {number}", standing=Customer.Standing.VERIFIED, verified_at=MORNING,
            created_at=MORNING,
        )  # fmt: skip

    payer, receiver = person(), person()
    source, destination = (
        services.open_demand_account(customer=who, currency="CNY", key=uuid.uuid4().hex, now=MORNING)
        for who in (payer, receiver)
    )
    posting.post(
        key=f"pay-in:{uuid.uuid4()}", kind="bench.pay_in", channel="counter", business_date=business_date(MORNING),
        lines=[
            posting.Line(chart.ensure("CNY", now=MORNING)["cash"], -(10**10)),
            posting.Line(source.ledger_account_id, 10**10),
        ],
    )  # fmt: skip
    payee = Payee.objects.create(
        customer=payer, bank_account=destination, alias="Bench", shown_name="*", name_check=Payee.NameCheck.AGREES,
        state=Payee.State.ACTIVE, created_at=MORNING, expires_at=MORNING + timedelta(minutes=30), confirmed_at=MORNING,
    )  # fmt: skip
    return payer, source, payee
