"""One of the callers: a Django process of its own that is told what to do, waits for the signal, and counts.

Run by bench/transfers alone. It speaks JSON lines: an order in, "ready" out, "go" in, a result out.
"""

import json
import os
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - after setup

from ledger import posting  # noqa: E402
from ledger.posting import Draft, Line  # noqa: E402

DAY = date(2026, 11, 23)
FEE = 1


def pairs(order: dict[str, Any], dice: random.Random) -> Iterator[tuple[int, int]]:
    """Payer and payee, never the same: any two, or one of the ten hot ones in four of five draws."""
    low, high = order["low"], order["high"]
    hot = order["way"] == "hot"

    def one() -> int:
        if hot and dice.random() < 0.8:
            return low + dice.randrange(10)
        return dice.randint(low, high)

    while True:
        payer, payee = one(), one()
        if payer != payee:
            yield payer, payee


def single(order: dict[str, Any], dice: random.Random) -> Callable[[], int]:
    ends, run, fee = pairs(order, dice), uuid.uuid4().hex, order["fee"] if order["way"] == "fee" else None
    numbers = iter(range(1 << 60))

    def step() -> int:
        payer, payee = next(ends)
        amount = dice.randint(2, 500)
        lines = [Line(payer, -amount), Line(payee, amount)]
        if fee:
            lines = [Line(payer, -amount), Line(payee, amount - FEE), Line(fee, FEE)]
        posting.post(
            key=f"{run}-{next(numbers)}", kind="bench.transfer", channel="online", business_date=DAY, lines=lines
        )
        return 1

    return step


def many(order: dict[str, Any], dice: random.Random) -> Callable[[], int]:
    ends, run, size = pairs(order, dice), uuid.uuid4().hex, order["size"]
    numbers = iter(range(1 << 60))

    def step() -> int:
        drafts = []
        for _ in range(size):
            payer, payee = next(ends)
            amount = dice.randint(2, 500)
            drafts.append(
                Draft(
                    f"{run}-{next(numbers)}", "bench.transfer", "online", DAY,
                    [Line(payer, -amount), Line(payee, amount)],
                )
            )  # fmt: skip
        posting.post_many(drafts)
        return size

    return step


def confirmations(order: dict[str, Any], dice: random.Random) -> Callable[[], int]:
    from bench import transfers_confirm  # reason: payments may not be built

    return transfers_confirm.steps(order, dice)


WAYS = {"random": single, "hot": single, "fee": single, "many": many, "confirm": confirmations}


def main() -> None:
    role = os.environ.get("BENCH_ROLE")
    with connection.cursor() as cursor:
        if role:
            cursor.execute(f'SET ROLE "{role}"')
    for text in sys.stdin:
        order = json.loads(text)
        step = WAYS[order["way"]](order, random.Random(order["seed"]))
        for _ in range(order.get("warm", 5)):
            step()
        print("ready", flush=True)
        if sys.stdin.readline().strip() != "go":
            return
        done, slowest, end = 0, 0.0, time.monotonic() + order["seconds"]
        begun = previous = time.monotonic()
        while previous < end:
            try:
                done += step()
            except IndexError:  # everything that was prepared is confirmed
                break
            now = time.monotonic()
            slowest, previous = max(slowest, now - previous), now
        print(json.dumps({"done": done, "seconds": previous - begun, "slowest": slowest}), flush=True)


if __name__ == "__main__":
    main()
