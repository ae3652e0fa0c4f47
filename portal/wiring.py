"""The wiring board: which facts reach which handlers, which subjects come to the review desk, what the menu shows.

A reader learns here how the floors are connected. Nothing is decided here.
"""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.quick import Quick
from core.changes.kinds import Offer
from core.changes.readers import Reader
from core.runs import Declared
from core.ui.menu import Entry
from portal import rights

# kind of fact -> dotted paths of its handlers. A handler takes the fact (core.outbox.Fact), may be called more
# than once for the same fact and must then change nothing. See core/outbox/__init__.py for the guarantees.
OUTBOX_ROUTES: dict[str, tuple[str, ...]] = {
    "accounts.registered": (),  # somebody registered; nobody listens yet
    "identity.submitted": ("accounts.identity.handlers.check",),  # automatic checks, then the case on the desk
    "reviews.decided": (  # people have decided; each room settles its own
        "core.changes.handlers.settle",
        "accounts.identity.handlers.settle",
        "accounts.recovery.handlers.settle",
        "accounts.mydata.handlers.settle",
        "accounts.guidance.services.settle",
        "accounts.freezing.services.settle",
        "payments.recalls.services.disputing.settle",
        "payments.crossborder.handlers.settle",
        "payments.monitoring.handlers.settle",
        "payments.monitoring.handlers.learn",
    ),
    "monitoring.trial_asked": ("payments.monitoring.handlers.try_out",),
    "monitoring.alerted": ("payments.monitoring.handlers.open_case",),  # rules want a colleague to look
    "reviews.information_asked": ("accounts.identity.answering.tell",),  # the desk asks; each room asks its own person
    "reviews.expired": ("core.changes.handlers.lapse",),  # nobody decided in time; the room of the subject ends it
    "reviews.escalated": ("accounts.inbox.desk.escalated",),  # most of a case's time is gone, or all of it
    "reviews.handed_over": ("accounts.inbox.desk.handed_over",),  # a colleague gave somebody their case
    "reviews.conflict_refused": ("accounts.inbox.desk.conflict_refused",),  # it was not theirs to decide
    "access.frozen": (  # what was agreed since a sign-in that was not the owner's is held back
        "payments.schedules.held.pause_what_was_agreed",
        "payments.clearing.held.take_back_what_has_not_left",
        "payments.services.holding.give_back_all_of",
    ),
    "payments.transfer_confirmed": ("payments.notices.transfer_confirmed",),  # both sides are told
    "payments.transfer_held": ("payments.held_notices.transfer_held",),  # its payer is told, nobody else
    "payments.transfer_given_back": (
        "payments.held_notices.transfer_given_back",
        "payments.schedules.held.date_was_given_back",
        "payments.monitoring.handlers.stopped",
    ),
    "payments.not_judged": ("payments.held_notices.not_judged",),  # operations hear that the monitor is silent
    "exchange.done": ("payments.exchange.notices.tell",),  # one currency became another on own accounts
    "clearing.moved": (  # a payment to another bank has come to a new state
        "payments.clearing.notices.tell",
        "payments.recalls.handlers.moved",
    ),
    "recalls.moved": ("payments.recalls.notices.tell",),  # money asked back has come to a new state
    "counter.done": ("payments.counter.notices.tell_done",),  # cash or a transfer over the counter
    "counter.undone": ("payments.counter.notices.tell_undone",),  # by its mirror, on the same day
    "requests.asked": ("payments.requests.notices.tell_asked",),  # whom it is addressed to is told
    "requests.reminded": ("payments.requests.notices.tell_reminded",),
    "requests.cancelled": ("payments.requests.notices.tell_cancelled",),
    "requests.declined": ("payments.requests.notices.tell_declined",),  # the asker is told, and why
    "requests.paid": ("payments.requests.notices.tell_paid",),  # a part of it, or all
    "clearing.given_back": ("payments.clearing.notices.tell_given_back",),  # colleagues gave money back
    "crossborder.moved": (  # a payment abroad has come to a new state
        "payments.crossborder.handlers.screen",
        "payments.monitoring.handlers.taken_back",
        "payments.crossborder.notices.tell",
        "payments.recalls.handlers.moved_abroad",
    ),
    "crossborder.given_back": ("payments.crossborder.notices.tell_given_back",),  # colleagues gave more of it back
    "crossborder.payee_added": ("payments.crossborder.notices.tell_payee",),  # it may not have been the customer
    "mydata.copy_asked": ("accounts.mydata.handlers.make_copy",),  # a worker makes the files
    "mydata.consent_changed": (),  # whoever works on a consent asks at the moment of the work
    "statements.file_asked": ("accounts.statements.handlers.make_file",),  # a worker makes it, or goes on with it
    "mydata.closing_asked": (),  # carried out by beat when its waiting time is over
    "mydata.closed": (  # what ran on the accounts ends with them
        "payments.closing.end_standing_orders",
        "payments.schedules.closing.end_schedules",
        "payments.requests.closing.end_requests",
    ),
    "inbox.dispatch": ("accounts.inbox.sms.deliver",),  # a text message, or a letter outside the inbox, waits
    "staff.invited": ("accounts.staff.handlers.mail_invitation",),  # a new colleague gets the link
    "inbox.mail": ("accounts.inbox.handlers.mail_copy",),  # a message waits for its copy by e-mail
}

# subject name on the review desk -> dotted path of the class that presents and settles it (core.reviews.Subject).
REVIEW_SUBJECTS: dict[str, str] = {
    "identity": "accounts.identity.subject.IdentityCheck",
    "recovery": "accounts.recovery.subject.RecoveryRequest",
    "correction": "accounts.mydata.subject.CorrectionOnDesk",
    "change": "core.changes.subject.ChangeOnDesk",
    "article": "accounts.guidance.subject.ArticleEdition",
    "freeze": "accounts.freezing.subject.LockedAccess",
    "dispute": "payments.recalls.subject.DisputedMovement",
    "crossborder": "payments.crossborder.subject.PaymentOnDesk",
    "alert": "payments.monitoring.subject.AlertOnDesk",
    "emergency": "accounts.mydata.emergency_subject.EmergencyOnDesk",
    "person": "accounts.mydata.automated_subject.PersonOnDesk",
}

# What the desk asks of the floors above it (core.reviews.doors, with the guarantees).
REVIEW_DOORS: dict[str, str] = {
    "absent": "accounts.staff.queries.absent",
    "same_person": "accounts.identity.kin.same_person",
    "parties_of": "accounts.identity.kin.parties_of",
    "party_named": "accounts.identity.kin.party_named",
    "seal": "accounts.vault.encrypt",
    "unseal": "accounts.vault.decrypt",
}

# Roles that read the desk's statistics of every subject without seeing a single case.
REVIEW_OVERSEERS: tuple[str, ...] = ("manager",)

# Functions that say whether a room has ended somebody's sign-in for good (accounts.freezing.endings).
SIGN_IN_ENDED: tuple[str, ...] = (
    "accounts.staff.queries.has_left",
    "accounts.mydata.queries.sign_in_has_ended",
)

# Functions `(*, gateway, now)` that a round with the gateway of clearing also runs, outside every transaction.
CLEARING_ERRANDS: tuple[str, ...] = ("payments.recalls.services.sending.send_due",)

# Functions that list a customer's payees elsewhere (payments.book), in the order of the page of payees.
PAYEE_BOOKS: tuple[str, ...] = ("payments.clearing.book.chapter", "payments.crossborder.book.chapter")

# The same for a round with the correspondents abroad.
CROSSBORDER_ERRANDS: tuple[str, ...] = ("payments.recalls.services.sending.send_abroad",)

# Functions that say what a customer holds besides accounts (accounts.statements.holdings), in the order shown.
HOLDINGS: tuple[str, ...] = (
    "loans.holdings.loans",
    "products.cards.holdings.cards",
    "payments.holdings.standing_orders",
)

# Functions that say what of an account's money a room holds, and for what (accounts.statements.held).
HELD_SUMS: tuple[str, ...] = ("payments.held_sums.on_account",)

# Functions that say what an account earns (accounts.statements.growing).
ACCOUNT_EARNS: tuple[str, ...] = ("products.deposits.telling.on_account",)

# What the menu shows, in this order, to whom (portal/audiences.py). A place whose address is absent is left out.
MENU: tuple[Entry, ...] = (
    Entry(key="home", label=_("Home"), icon="home", url_name="home", audience="everybody", exact=True),
    Entry(key="accounts", label=_("Accounts"), icon="accounts", url_name="accounts_overview", audience="customer"),
    Entry(
        key="transfer",
        label=_("Transfer"),
        icon="transfer",
        url_name="transfer",
        audience="customer",
        prefixes=(
            "/payments/",
            "/requests/",
            "/ask/",
            "/templates/",
            "/scheduled/",
            "/exchange/",
            "/receipts/",
        ),
    ),
    Entry(
        key="payees",
        label=_("Payees"),
        icon="payees",
        url_name="payees",
        audience="customer",
        prefixes=("/payments/payees/", "/payments/abroad/payees/"),
    ),
    Entry(
        key="messages", label=_("Messages"), icon="messages", url_name="inbox", audience="everybody", in_tabbar=False
    ),
    Entry(key="help", label=_("Help"), icon="help", url_name="help", audience="everybody", in_tabbar=False),
    Entry(key="managers", label=_("Managers"), icon="managers", url_name="managers", audience="manager"),
    Entry(key="backoffice", label=_("Back office"), icon="backoffice", url_name="admin:index", audience="backoffice"),
    Entry(
        key="me",
        label=_("Me"),
        icon="me",
        url_name="me",
        audience="everybody",
        prefixes=("/security/", "/identity/", "/auth/", "/recalls/", "/disputes/"),
    ),
)

# Lists of events that rooms send notices about (accounts.preferences.events), in the order people read them.
NOTICES: tuple[str, ...] = (
    "payments.notices.EVENTS",
    "payments.held_notices.EVENTS",
    "payments.schedules.notices.EVENTS",
    "payments.clearing.notices.EVENTS",
    "payments.exchange.notices.EVENTS",
    "payments.recalls.notices.EVENTS",
    "payments.requests.notices.EVENTS",
    "payments.crossborder.notices.EVENTS",
    "payments.counter.notices.EVENTS",
    "accounts.identity.notices.EVENTS",
    "accounts.opening.notices.EVENTS",
    "accounts.statements.notices.EVENTS",
    "accounts.mydata.notices.EVENTS",
    "accounts.inbox.notices.EVENTS",
    "accounts.staff.notices.EVENTS",
    "accounts.guidance.notices.EVENTS",
    "accounts.access.notices.EVENTS",
)

# What a customer may put on their home page (accounts.preferences.quick).
QUICK_FUNCTIONS: tuple[Quick, ...] = (
    Quick(key="transfer", label=_("Transfer"), icon="transfer", url_name="transfer", at_first=True),
    Quick(key="payees", label=_("Payees"), icon="payees", url_name="payees", at_first=True),
    Quick(
        key="transactions",
        label=_("Transactions"),
        icon="statement",
        url_name="accounts_overview",
        account_url_name="statement",
        at_first=True,
    ),
    Quick(key="schedules", label=_("What is coming"), icon="calendar", url_name="schedules"),
    Quick(key="abroad", label=_("Payments abroad"), icon="out", url_name="payments_abroad"),
    Quick(key="requests", label=_("Ask for money"), icon="in", url_name="requests"),
    Quick(key="templates", label=_("Templates"), icon="copy", url_name="templates"),
    Quick(key="exchange", label=_("Currency exchange"), icon="exchange", url_name="exchange"),
    Quick(key="verify", label=_("Check a receipt"), icon="receipt", url_name="verify", at_first=True),
    Quick(key="accounts", label=_("All accounts"), icon="accounts", url_name="accounts_overview"),
    Quick(key="payee_add", label=_("Add a payee"), icon="plus", url_name="payee_add"),
    Quick(key="messages", label=_("Messages"), icon="messages", url_name="inbox"),
    Quick(key="security", label=_("Security"), icon="shield", url_name="security"),
    Quick(key="sessions", label=_("Where I am signed in"), icon="display", url_name="usersessions_list"),
    Quick(key="preferences", label=_("Preferences"), icon="palette", url_name="preferences"),
)

# What is carried out for each business date, step by step (core.runs, with the guarantees). A room that has something
# to do when a date closes (payments that mature, interest, statements) declares its step and puts it between the
# cut-off and the proof of the books.
RUNS: dict[str, Declared] = {
    "end_of_day": Declared(
        label=_("Business day"),
        day_of="ledger.calendar.business_date",
        most_behind="ledger.steps.most_behind",
        against="ledger.steps.unknown_calendar",
        steps=(
            "payments.schedules.steps.DATES",  # in the morning
            "payments.schedules.steps.NOTICES",
            "payments.schedules.steps.PAYMENTS",
            "payments.clearing.steps.MATURED",
            "payments.schedules.steps.PAYMENTS_AGAIN",  # in the evening
            "payments.counter.steps.TILLS",  # after midnight: names those nobody has closed
            "ledger.steps.CUT_OFF",
            "products.deposits.steps.INTEREST",
            "products.deposits.steps.OWED",
            "payments.recalls.steps.UNANSWERED",
            "accounts.statements.steps.STATEMENTS",
            "payments.exchange.steps.VALUATION",
            "payments.monitoring.steps.LARGE_VALUES",
            "accounts.statements.steps.SEARCH",
            "analytics.steps.ROLL_UP",
            "ledger.steps.CHECK_BOOKS",
        ),
    ),
}

# kind of rows that colleagues may take out as a file -> its class (accounts.mydata.takeoutkinds.Kind).
TAKEOUTS: dict[str, str] = {
    "audit": "accounts.mydata.takeoutkinds.AuditRows",
    "movements": "accounts.mydata.takeoutkinds.Movements",
    "large_values": "payments.monitoring.takeout.LargeValues",
}

# kind of change that takes two people -> the class that carries it out, its form, who asks and who decides
# (core.changes.kinds.Offer; the roles stand in portal/rights.py).
CHANGE_KINDS: dict[str, Offer] = {
    name: Offer(kind=kind, form=form, asks=rights.asks(name), decides=rights.decides(name))
    for name, kind, form in (
        ("policy.figure", "core.changes.figures.PolicyFigure", "core.changes.forms.FigureForm"),
        ("staff.role", "accounts.staff.changes.RoleChange", "accounts.staff.forms.RoleForm"),
        ("review.reason", "core.changes.reasons.ReasonWords", "core.changes.forms.ReasonWordsForm"),
        ("books.entry", "ledger.changes.ManualEntry", "portal.books.EntryForm"),
        ("books.reversal", "ledger.changes.Reversal", "portal.books.ReversalForm"),
        ("clearing.repair", "payments.clearing.repair.Repair", "payments.clearing.staff_forms.RepairForm"),
        ("counter.operation", "payments.counter.second.LargeOperation", "payments.counter.forms.AskedAtTheCounter"),
        ("counter.reversal", "payments.counter.second.Undoing", "payments.counter.forms.AskedAtTheCounter"),
        ("counter.difference", "payments.counter.second.TillDifference", "payments.counter.forms.AskedAtTheCounter"),
        ("monitoring.rule", "payments.monitoring.changing.RuleChange", "payments.monitoring.forms.RuleForm"),
        ("monitoring.pause", "payments.monitoring.pausing.PauseChange", "payments.monitoring.forms.PauseForm"),
        ("mydata.takeout", "accounts.mydata.takeouts.TakeoutChange", "accounts.mydata.forms.TakeoutForm"),
        ("mydata.protection", "accounts.mydata.protection.ProtectionChange", "accounts.mydata.forms.ProtectionForm"),
    )
}

# Who depends on which policy figures, by the beginning of their keys: told to whoever changes one.
POLICY_READERS: tuple[Reader, ...] = (
    Reader("session", _("everybody who is signed in")),
    Reader("freezing", _("every customer whose access is frozen, and the review desk")),
    Reader("access", _("everybody who signs in, on a new device above all")),
    Reader("session.customer", _("every customer who is signed in")),
    Reader("session.kept", _("everybody whose session ends while they type")),
    Reader("session.staff", _("every colleague who is signed in")),
    Reader("entrance", _("everybody who signs in or registers")),
    Reader("code", _("everybody who is sent a code")),
    Reader("sms", _("everybody who is sent a text message")),
    Reader("contact", _("everybody who changes an address or a number")),
    Reader("recovery", _("everybody who has lost their second step")),
    Reader("guidance", _("whoever looks for help or guidance")),
    Reader("mydata", _("every customer who asks for their data or a correction of it")),
    Reader("closing", _("every customer who ends the relationship")),
    Reader("stepup", _("everybody who confirms a payment or a change of security")),
    Reader("identity", _("everybody who verifies their identity, and the review desk")),
    Reader("schedule", _("every customer with dated transfers or standing orders")),
    Reader("day", _("whoever runs the bank's systems, and every booking at midnight")),
    Reader("statement", _("every customer who takes statements and files of transactions")),
    Reader("transfer", _("every customer who sends money online")),
    Reader("account_class", _("every customer with an account of class II or III, and whoever pays into one")),
    Reader("counter", _("every customer and every teller at a branch counter")),
    Reader("request", _("every customer who asks for money or is asked")),
    Reader("template", _("every customer who keeps templates of transfers")),
    Reader("clearing", _("every customer who sends money to other banks")),
    Reader("recall", _("every customer who asks for a payment's money back, and the payee who is asked")),
    Reader("dispute", _("every customer who says that a movement is not right, and the review desk")),
    Reader("interest", _("everybody with money on an account")),
    Reader("exchange", _("every customer who exchanges one currency for another")),
    Reader("account", _("every customer who opens an account online")),
    Reader("monitoring", _("whoever reports large values, and every customer whose payments the rules watch")),
    Reader("crossborder", _("every customer who sends money abroad, and the review desk")),
    Reader("payee", _("every customer who keeps payees")),
    Reader("receipt", _("whoever checks a receipt")),
    Reader("changes", _("every change that takes two people, this one's successors too")),
    Reader("review", _("everybody who decides on the review desk")),
    Reader("workdays", _("whoever runs the bank's systems")),
    Reader("keeping", _("whoever keeps, deletes and reads personal data")),
    Reader("staff", _("everybody who works at the bank")),
)

# Functions by which each room says what it keeps of a customer (accounts.personal), in the order people read it.
PERSONAL_DATA: tuple[str, ...] = (
    "accounts.mydata.personal.personal_data",  # the person, contact, consents, copies, who looked
    "accounts.identity.personal.personal_data",
    "accounts.access.personal.personal_data",
    "accounts.preferences.personal.personal_data",
    "accounts.statements.personal.personal_data",
    "products.deposits.personal.personal_data",
    "products.cards.personal.personal_data",
    "payments.personal.personal_data",
    "payments.schedules.personal.personal_data",
    "payments.clearing.personal.personal_data",
    "payments.exchange.personal.personal_data",
    "payments.recalls.personal.personal_data",
    "payments.requests.personal.personal_data",
    "payments.crossborder.personal.personal_data",
    "payments.counter.personal.personal_data",
    "loans.personal.personal_data",
    "accounts.inbox.personal.personal_data",
)

# Lists of the places where sealed values are kept, for `rotate_field_keys` (accounts.sealing).
SEALED: tuple[str, ...] = (
    "accounts.sealed.PLACES",
    "accounts.access.sealed.PLACES",
    "accounts.identity.sealed.PLACES",
    "accounts.inbox.sealed.PLACES",
    "accounts.mydata.sealed.PLACES",
    "accounts.statements.sealed.PLACES",
    "accounts.recovery.sealed.PLACES",
    "payments.recalls.sealed.PLACES",
    "payments.crossborder.sealed.PLACES",
)

# Functions that say what must be settled before a relationship can end (accounts.mydata.closing), in order.
CLOSING_CHECKS: tuple[str, ...] = (
    "accounts.mydata.obstacles.money",
    "products.deposits.closing.not_credited",
    "loans.closing.open_loans",
    "payments.closing.drafts",
    "payments.closing.held",
    "payments.clearing.closing.under_way",
    "payments.recalls.closing.open_matters",
    "payments.crossborder.closing.under_way",
    "payments.counter.closing.under_way",
    "accounts.identity.closing.open_cases",
    "accounts.mydata.obstacles.open_cases",
)
