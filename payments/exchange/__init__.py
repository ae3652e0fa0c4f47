"""Currencies: reference rates from a dated source, quotes, exchange between own accounts, the bank's position.

The written rules, each with a test in tests/exchange:

- Rates are the source's own, as published, with their day. A pair that is not published is worked out through the euro,
  from rates of one and the same day. No rate, or one older than `exchange.rate_age_days`, means no quote.
- The customer's rate is the reference rate less (selling) or plus (buying) the spread of the foreign currency; of two
  foreign currencies both spreads count. It is rounded to six significant digits in the bank's favour. A currency
  without a spread (`exchange.spread_percent.…`) is not exchanged.
- One amount is fixed by the customer. The other is worked out from the rate and rounded to the currency's own decimals
  in the bank's favour: what the customer gets down, what the customer pays up. What rounds to nothing is refused.
- A quote holds for `exchange.quote_seconds`, for one customer, once. When newer rates come in, it holds no longer.
- The books: each foreign currency has a position account in the currency and its counter-value in yuan. Both take what
  was exchanged, the counter-value at the reference rate, rounded half up to the fen; what the customer pays beyond it
  is the spread, an income on its own account. Every currency of an entry balances by itself.
- Each business day the counter-value is brought to the day's reference rate (`services.revaluing`).
"""
