"""Policy figures: every limit, time and age the law or the bank sets, dated and with its source.

    from core import policy
    limit = policy.value("transfer.daily_limit.cny", on=business_date(now))

What is promised:

- A figure counts from its date on until a later row of the same key takes over; there is no default. Asking for a key
  that has no row yet on that day raises `UnknownPolicy`: a missing limit stops the act, it never waves it through.
- A row is never edited: a change is a new row with a later date, so that what was decided last year can be explained.
- `value` gives the row's own type: int, Decimal, str or bool. The unit is part of the figure, see docs/policy.md.
- All rows are read by one query and kept in the process for at most `figures.KEEP` seconds, so a figure loaded at noon
  counts everywhere by noon and five seconds. A change is dated; nobody needs it to the second.
"""

from core.policy.figures import UnknownPolicy, forget, keys, value

__all__ = ["UnknownPolicy", "forget", "keys", "value"]
