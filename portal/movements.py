"""The wiring board of what is booked: what each kind of movement is called, looked for under, and told on receipts."""

# Dictionaries of kind code -> lazy text, one for each room that books (accounts.statements.kinds).
MOVEMENT_KINDS: tuple[str, ...] = (
    "accounts.statements.kinds.HISTORY",  # what came with another bank's history
    "products.deposits.kinds.KINDS",  # interest
    "payments.kinds.KINDS",  # transfers
    "payments.exchange.kinds.KINDS",  # one currency for another
    "payments.clearing.kinds.KINDS",  # payments to other banks
    "payments.recalls.kinds.KINDS",  # money a payee gave back
    "payments.crossborder.kinds.KINDS",  # payments abroad
    "payments.counter.kinds.KINDS",  # cash and transfers at the counter
    "portal.books.KINDS",  # what two people of the bank book by hand
    "portal.demo.kinds.KINDS",  # the demo bank's invented half year
)

# The beginning of a kind's code -> what it is looked for under on a statement (accounts.statements.categories). The
# longest beginning counts; what no line speaks of is "other".
MOVEMENT_CATEGORIES: dict[str, str] = {
    "history.cash_": "cash",
    "history.card_": "cards",
    "history.transfer_": "transfers",
    "history.pension": "income",
    "history.household": "bills",
    "history.insurance": "bills",
    "history.leasing": "bills",
    "history.loan_payment": "loans",
    "history.interest": "interest",
    "history.penalty_interest": "interest",
    "history.fee": "fees",
    "payments.": "transfers",
    "clearing.": "transfers",
    "crossborder.": "transfers",
    "crossborder.fee_back": "fees",
    "crossborder.payment.fee": "fees",
    "crossborder.reversal.fee": "fees",
    "recalls.": "transfers",
    "requests.": "transfers",
    "counter.": "cash",
    "counter.transfer": "transfers",
    "exchange.": "exchange",
    "cash.": "cash",  # the demo bank's invented half year
    "card.": "cards",
    "interbank.": "transfers",
    "interest.": "interest",
    "deposits.": "interest",
}

# Kinds of movements that take or give back a fee by a second line on the customer's account. That line is told and
# searched as the kind's code with ".fee" behind it (accounts.statements.kinds).
FEE_LINES: tuple[str, ...] = ("crossborder.payment", "crossborder.reversal")

# kind of movement -> function that adds what its room knows to the movement's receipt (payments.movements, with what is
# promised). A kind that is not named gets the receipt of what the books hold.
RECEIPTS: dict[str, str] = {
    "counter.deposit": "payments.counter.receipts.tell",
    "counter.withdrawal": "payments.counter.receipts.tell",
    "counter.transfer": "payments.counter.receipts.tell",
    "counter.reversal": "payments.counter.receipts.tell",
    "payments.transfer": "payments.telling.transfer",
    "exchange.own": "payments.exchange.telling.exchange",
    "clearing.payment": "payments.clearing.telling.payment",
    "clearing.reversal": "payments.clearing.telling.back",
    "recalls.back": "payments.recalls.telling.back",
    "crossborder.payment": "payments.crossborder.telling.payment",
    "crossborder.reversal": "payments.crossborder.telling.back",
    "crossborder.returned": "payments.crossborder.telling.back",
    "crossborder.fee_back": "payments.crossborder.telling.back",
}

# Functions that say what became of a movement later, and what its holder can do about it (payments.movements).
RECEIPT_NOTES: tuple[str, ...] = ("payments.recalls.telling.notes",)
RECEIPT_ACTS: tuple[str, ...] = ("payments.requests.telling.acts", "payments.recalls.telling.acts")
