"""Transfers, here and to other banks, agreed now and made later: on a date, or again and again (docs/adr/0010).

The written rules, each with a test in tests/schedules:

- A date is a business date of the bank. What is due on it is made in the morning (`schedule.payments_hour`); limits are
  judged then, on that date. When the account is short it is tried once more in the evening (`schedule.retry_hour`);
  after that the payment of this date is not made, and the customer is told. It is never made up for later.
- On the 29th, 30th or 31st: in a shorter month on its last day, and the month after on the day itself again. The 29th
  of February: on the 28th in other years.
- When a date is not a working day the customer has chosen: on that day all the same, on the working day before, on the
  one after, or not at all this time.
- Several due on one date for one customer: in the order in which they were agreed.
- An order with a total pays the rest last, so that the total is met to the cent. A count counts payments made.
- What was skipped, or fell into a pause, is not made up for.
- To another bank it goes as an ordinary payment: it leaves two hours later and can be taken back until then; where the
  system that carries the sum is closed by then, it leaves on the next day on which that opens.
- An account that is closed, or a payee who was taken off the list, ends the order; everything else only its date.
"""
