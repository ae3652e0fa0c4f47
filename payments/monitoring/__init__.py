"""What the bank must notice about the money that moves.

Before a payment is booked: `door` judges it by rules that are data (`rules`, `conditions`, `measures`), keeps what they
found (`models`), and brings it to the desk (`handlers`, `subject`); `backtest` replays the past (docs/monitoring.md).

At the end of a business day: `large_values` is arithmetic and knows no Django; `items` reads the books; `report` writes
the day's file; `steps` hangs it into the business day. Docs: docs/large_values.md.
"""
