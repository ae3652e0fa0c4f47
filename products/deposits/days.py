"""The end of a day for some accounts: their sums carried on, and what is due settled on the way."""

from datetime import date, datetime, timedelta

from products.deposits import accruing, books, settling
from products.deposits.accruing import BUCKET


def carry_out(*, bucket: int, day: date, now: datetime) -> int:
    """This function will carry the sums of a bucket's accounts through a day; answers how many were settled on the way.

    No sum goes beyond its settlement day before it is settled, so a day that was missed is settled first, at its own
    rate. Inside a transaction. A repeat changes nothing. Raises core.policy.UnknownPolicy, what posting raises.
    """
    books.begin(after=day - timedelta(days=1), now=now)
    low, high = bucket * BUCKET, (bucket + 1) * BUCKET
    accruing.lock(low)
    settled = 0
    while True:
        accruing.advance(low=low, high=high, day=day)
        due = settling.due(low=low, high=high, day=day)
        if not due:
            return settled
        settling.settle(due, business_date=day, now=now)
        settled += len(due)
