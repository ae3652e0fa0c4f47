"""The wiring board: which facts reach which handlers, which subjects come to the review desk, what the menu shows.

A reader learns here how the floors are connected. Nothing is decided here.
"""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.quick import Quick
from core.ui.menu import Entry

# kind of fact -> dotted paths of its handlers. A handler takes the fact (core.outbox.Fact), may be called more
# than once for the same fact and must then change nothing. See core/outbox/__init__.py for the guarantees.
OUTBOX_ROUTES: dict[str, tuple[str, ...]] = {
    "accounts.registered": (),  # somebody registered; nobody listens yet
    "identity.submitted": ("accounts.identity.handlers.check",),  # automatic checks, then the case on the desk
    "reviews.decided": ("accounts.identity.handlers.settle",),  # people have decided; each room settles its own
    "payments.transfer_confirmed": ("payments.notices.transfer_confirmed",),  # both sides are told
    "inbox.mail": ("accounts.inbox.handlers.mail_copy",),  # a message waits for its copy by e-mail
}

# subject name on the review desk -> dotted path of the class that presents and settles it (core.reviews.Subject).
REVIEW_SUBJECTS: dict[str, str] = {
    "identity": "accounts.identity.subject.IdentityCheck",
}

# Dictionaries of kind code -> lazy text, one for each room that books (accounts.statements.kinds).
MOVEMENT_KINDS: tuple[str, ...] = (
    "accounts.statements.kinds.HISTORY",  # what came with another bank's history
    "payments.kinds.KINDS",  # transfers
    "inbox.dispatch": ("accounts.inbox.sms.deliver",),  # a text message, or a letter outside the inbox, waits
    "staff.invited": ("accounts.staff.handlers.mail_invitation",),  # a new colleague gets the link
    "portal.demo.kinds.KINDS",  # the demo bank's invented half year
)

# Functions that say what a customer holds besides accounts (accounts.statements.holdings), in the order shown.
HOLDINGS: tuple[str, ...] = (
    "loans.holdings.loans",
    "products.cards.holdings.cards",
    "payments.holdings.standing_orders",
)

# What the menu shows, in this order, to whom (portal/audiences.py). A place whose address is absent is left out.
MENU: tuple[Entry, ...] = (
    Entry(key="home", label=_("Home"), icon="home", url_name="home", audience="everybody", exact=True),
    Entry(key="accounts", label=_("Accounts"), icon="accounts", url_name="accounts_overview", audience="customer"),
    Entry(key="transfer", label=_("Transfer"), icon="transfer", url_name="transfer", audience="customer"),
    Entry(key="payees", label=_("Payees"), icon="payees", url_name="payees", audience="customer"),
    Entry(
        key="messages", label=_("Messages"), icon="messages", url_name="inbox", audience="everybody", in_tabbar=False
    ),
    Entry(key="managers", label=_("Managers"), icon="managers", url_name="managers", audience="manager"),
    Entry(key="backoffice", label=_("Back office"), icon="backoffice", url_name="admin:index", audience="backoffice"),
    Entry(
        key="me",
        label=_("Me"),
        icon="me",
        url_name="me",
        audience="everybody",
        prefixes=("/security/", "/identity/", "/auth/"),
    ),
)

# Lists of events that rooms send notices about (accounts.preferences.events), in the order people read them.
NOTICES: tuple[str, ...] = (
    "payments.notices.EVENTS",
    "accounts.identity.notices.EVENTS",
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
    Quick(key="verify", label=_("Check a receipt"), icon="receipt", url_name="verify", at_first=True),
    Quick(key="accounts", label=_("All accounts"), icon="accounts", url_name="accounts_overview"),
    Quick(key="payee_add", label=_("Add a payee"), icon="plus", url_name="payee_add"),
    Quick(key="messages", label=_("Messages"), icon="messages", url_name="inbox"),
    Quick(key="security", label=_("Security"), icon="shield", url_name="security"),
    Quick(key="sessions", label=_("Where I am signed in"), icon="display", url_name="usersessions_list"),
    Quick(key="preferences", label=_("Preferences"), icon="palette", url_name="preferences"),
)
