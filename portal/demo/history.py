"""Half a year of an invented bank's life, the same on every installation that starts on the same day."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.posting import Draft, Line


@dataclass(frozen=True)
class Counterparts:
    """The ids of the bank's own ledger accounts that the movements are booked against."""

    cash: int
    other_banks: int
    cards: int
    interest: int
    fees: int


@dataclass(frozen=True)
class Holder:
    """One account of the invented bank: `salary` in fen a month, `spends` is the share of it that goes out again."""

    name: str
    account_id: int
    salary: int
    payday: int
    employer: str
    spends_percent: int


SHOPS = (
    ("盒马鲜生 张江店", 3_800, 26_000),
    ("地铁出行", 300, 900),
    ("全家便利店", 900, 6_500),
    ("瑞幸咖啡", 990, 3_200),
    ("新华书店", 2_500, 18_000),
    ("国家电网 电费", 8_000, 32_000),
    ("中国移动 话费", 5_000, 12_900),
    ("美团外卖", 1_800, 8_800),
    ("滴滴出行", 1_200, 9_600),
    ("京东商城", 4_900, 129_900),
)
EMPLOYERS = ("浦江软件有限公司", "锦江实验小学", "天河第三医院", "西湖设计事务所", "雁塔机械厂", "海淀数据科技")
OPENING = 300_000  # fen: what everybody brings to the counter on the first day


def movements(
    *,
    holders: list[Holder],
    against: Counterparts,
    start: date,
    end: date,
    besides: Mapping[date, Sequence[Draft]],
    seed: int = 88,
) -> Iterator[Draft]:
    """This function will invent the bookings of every day from `start` to `end` in order, never overdrawing anybody.

    `besides` are bookings that happen on a day after the invented ones.
    """
    dice = random.Random(seed)  # noqa: S311 - invented history, nothing secret
    balance = {holder.account_id: 0 for holder in holders}
    day = start
    while day <= end:
        for holder in holders:
            for number, (kind, channel, other, amount, text, other_text) in enumerate(
                _of_one_day(dice, holder, balance, against, day, first=day == start)
            ):
                balance[holder.account_id] += amount
                yield Draft(
                    key=f"demo:{day:%Y%m%d}:{holder.account_id}:{number}",
                    kind=kind,
                    channel=channel,
                    business_date=day,
                    lines=[Line(holder.account_id, amount, text), Line(other, -amount, other_text)],
                )
        for draft in besides.get(day, ()):
            for line in draft.lines:
                if line.account_id in balance:
                    balance[line.account_id] += line.amount
            yield draft
        day += timedelta(days=1)


def _of_one_day(
    dice: random.Random, holder: Holder, balance: dict[int, int], against: Counterparts, day: date, *, first: bool
) -> Iterator[tuple[str, str, int, int, str, str]]:
    """One holder's movements of a day: kind, channel, counter-account, signed fen, and what either side reads."""
    left = balance[holder.account_id]
    if first:
        left += OPENING
        yield ("cash.deposit", "counter", against.cash, OPENING, "开户存入现金", holder.name)
    if day.day == holder.payday:
        left += holder.salary
        yield (
            "interbank.in",
            "interbank",
            against.other_banks,
            holder.salary,
            f"{holder.employer} {day.month}月工资",
            holder.name,
        )
    if day.month in {3, 6, 9, 12} and day.day == 21 and left > 0:
        interest = left * 5 // 10_000 // 4  # a quarter at 0.05 % a year, on the day's balance
        if interest:
            left += interest
            yield ("interest.credited", "system", against.interest, interest, "活期结息", holder.name)
    monthly = holder.salary * holder.spends_percent // 100
    wishes = dice.randint(0, 2) + (1 if day.weekday() >= 5 else 0)
    for _ in range(wishes):
        shop, low, high = dice.choice(SHOPS)
        amount = min(dice.randint(low, high), monthly // 12)
        if amount and left - amount > 20_000:
            left -= amount
            yield ("card.purchase", "card", against.cards, -amount, shop, holder.name)
    if day.day == 5 and left > monthly // 4 + 20_000:
        amount = monthly // 4
        left -= amount
        yield ("interbank.out", "online", against.other_banks, -amount, "房租", holder.name)
    if dice.random() < 0.03 and left > 70_000:
        left -= 50_000
        yield ("cash.withdrawal", "counter", against.cash, -50_000, "取现", holder.name)
