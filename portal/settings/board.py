"""The wiring board: what a lower floor asks of a higher one.

Each is a dotted path into portal/wiring.py or portal/movements.py, where it is documented with its guarantees, or into
the room that answers.
"""

OUTBOX_ROUTES = "portal.wiring.OUTBOX_ROUTES"
REVIEW_SUBJECTS = "portal.wiring.REVIEW_SUBJECTS"
PAPER_CHECK = "verify_receipt"  # the page on which anybody who holds a paper of the bank checks its code
CHANGE_KINDS = "portal.wiring.CHANGE_KINDS"  # acts that take two people
POLICY_READERS = "portal.wiring.POLICY_READERS"  # who depends on which figures
PERSON_KNOWN = "accounts.staff.persons.is_known"  # whether the bank can tell whose account one is
REVIEW_DOORS = "portal.wiring.REVIEW_DOORS"
# What reads the print on photos of documents (accounts.identity.reading.Reader); runs on a worker only.
IDENTITY_READER = "accounts.identity.reading.with_rapidocr"
REVIEW_OVERSEERS = "portal.wiring.REVIEW_OVERSEERS"
MENU = "portal.wiring.MENU"  # places the frame shows
MOVEMENT_KINDS = "portal.movements.MOVEMENT_KINDS"  # what kinds of movements are called
FEE_LINES = "portal.movements.FEE_LINES"  # kinds whose second line on the customer's account is a fee
MOVEMENT_CATEGORIES = "portal.movements.MOVEMENT_CATEGORIES"  # what they are looked for under
RECEIPTS = "portal.movements.RECEIPTS"  # what a room adds to the receipt of a kind of movement (payments.movements)
RECEIPT_NOTES = "portal.movements.RECEIPT_NOTES"  # what became of a movement later
RECEIPT_ACTS = "portal.movements.RECEIPT_ACTS"  # what its holder can do about it
PAYEE_BOOKS = "portal.wiring.PAYEE_BOOKS"  # payees who have their account elsewhere (payments.book)
CLEARING_ERRANDS = "portal.wiring.CLEARING_ERRANDS"  # what else is handed to the gateway in a round (payments.clearing)
CLEARING_ANSWERS = "payments.recalls.services.answering.take"  # who hears what banks say to requests for money back
CROSSBORDER_ERRANDS = "portal.wiring.CROSSBORDER_ERRANDS"  # the same for the correspondents (payments.crossborder)
CROSSBORDER_ANSWERS = "payments.recalls.services.answering.take_abroad"
REPAIR_ROOMS = {"abroad": "payments.crossborder.repair.ROOM"}  # who knows the payments an item for repair is about
MOVEMENT_PAGE = "movement"  # the address of a movement's receipt: account, line
SIGN_IN_ENDED = "portal.wiring.SIGN_IN_ENDED"  # who does not come back when a lock is opened
HOLDINGS = "portal.wiring.HOLDINGS"  # what a customer holds besides accounts
ACCOUNT_EARNS = "portal.wiring.ACCOUNT_EARNS"  # what an account earns, beside its balance
HELD_SUMS = "portal.wiring.HELD_SUMS"  # what of an account's money is held, and for what
AUDIENCES = "portal.audiences.of"  # which of them a reader sees
READER = "accounts.inbox.queries.reader"  # what the frame of a page needs of the person signed in
KEEP_PREFERENCE = "accounts.preferences.services.keep"  # where a choice made on any page is kept
NOTICES = "portal.wiring.NOTICES"  # of what people are told
PERSONAL_DATA = "portal.wiring.PERSONAL_DATA"  # what each room keeps of a person
TAKEOUTS = "portal.wiring.TAKEOUTS"  # what colleagues may take out as files (accounts.mydata.takeoutkinds)
EMERGENCY_DUTIES = "portal.rights.EMERGENCIES"  # what may be done in an emergency (accounts.mydata.emergency)
SEALED = "portal.wiring.SEALED"  # where sealed values are kept
RUNS = "portal.wiring.RUNS"  # what is carried out once for each business date, in order
MONITOR = "payments.monitoring.door.judge"  # who judges a payment about to go (payments.watching)
MONITOR_MANY = "payments.monitoring.door.judge_many"  # and payments that go together
MONITOR_FOUND = "payments.monitoring.door.found"  # what it found, for the colleague who decides
HELD_WAYS = {  # which room ends a held payment of a kind (payments.ways)
    "customer": "payments.services.held_transfers.Transfers",
    "bank": "payments.clearing.services.held_payments.BankPayments",
}
TRANSFER_VOUCHER = "payments.requests.services.paying.vouch"  # who answers for a payee off the list
TRANSFER_TOLD = "payments.requests.telling.told"  # and what the check page says about it
FORM_FILLERS = {  # words of an address that fill in a transfer's form
    "again": "payments.requests.filling.again",
    "template": "payments.requests.filling.template",
}
PURCHASE_QUOTA = "payments.crossborder.queries.year_of"  # the yearly quota for buying foreign exchange
CLOSING_CHECKS = "portal.wiring.CLOSING_CHECKS"  # what must be settled before a relationship ends
QUICK_FUNCTIONS = "portal.wiring.QUICK_FUNCTIONS"  # what the home page may offer
