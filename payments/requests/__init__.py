"""Sending again, templates, and asking somebody for money by a link (PAY-1).

The written rules of asking for money, each with a test in tests/requests:

- A link carries 160 bits nobody can guess and no account number. Signed out it shows the asker's half-hidden name, the
  amount, the words and the last day; what is paid, cancelled, declined, too late or was never asked looks the same.
- Paying a request is an ordinary transfer: check page, step-up, limits and the cooling time of a new payee. Somebody
  the payer has not on their list is new, with a warning and a tick, and stays off the list.
- A request is paid once, or once each by as many people as were asked, whatever happens at the same moment: its row is
  locked in the transaction that moves the money. It counts until midnight of its last day at the bank.
- Asking somebody by account or telephone number answers the same whether or not they are a customer, do not want to be
  asked by this person, or were asked too often today.
- A reminder goes at most once a day and only so many times; who does not want to be asked by somebody is not.
"""
