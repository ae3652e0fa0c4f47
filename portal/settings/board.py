"""The wiring board: what a lower floor asks of a higher one.

Each is a dotted path into portal/wiring.py, where it is documented with its guarantees, or into the room that answers.
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
MOVEMENT_KINDS = "portal.wiring.MOVEMENT_KINDS"  # what kinds of movements are called
SIGN_IN_ENDED = "portal.wiring.SIGN_IN_ENDED"  # who does not come back when a lock is opened
HOLDINGS = "portal.wiring.HOLDINGS"  # what a customer holds besides accounts
AUDIENCES = "portal.audiences.of"  # which of them a reader sees
READER = "accounts.inbox.queries.reader"  # what the frame of a page needs of the person signed in
KEEP_PREFERENCE = "accounts.preferences.services.keep"  # where a choice made on any page is kept
NOTICES = "portal.wiring.NOTICES"  # of what people are told
PERSONAL_DATA = "portal.wiring.PERSONAL_DATA"  # what each room keeps of a person
TAKEOUTS = "portal.wiring.TAKEOUTS"  # what colleagues may take out as files (accounts.mydata.takeoutkinds)
EMERGENCY_DUTIES = "portal.rights.EMERGENCIES"  # what may be done in an emergency (accounts.mydata.emergency)
SEALED = "portal.wiring.SEALED"  # where sealed values are kept
RUNS = "portal.wiring.RUNS"  # what is carried out once for each business date, in order
CLOSING_CHECKS = "portal.wiring.CLOSING_CHECKS"  # what must be settled before a relationship ends
QUICK_FUNCTIONS = "portal.wiring.QUICK_FUNCTIONS"  # what the home page may offer
