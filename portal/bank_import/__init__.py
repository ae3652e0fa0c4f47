"""Bringing another bank's history over: the rooms' loaders, in the order in which they build on each other.

`core.intake` is the machine, each room says what it takes in, and this list is all the roof adds. docs/migration.md
has every file and column. The loaders are imported by name, so that this list is what mypy checks.
"""

from accounts import bank_import as accounts
from accounts.statements import bank_import as statements
from core.intake.loading import Loader
from loans import bank_import as loans
from payments import bank_import as payments
from products.cards import bank_import as cards

LOADERS: tuple[Loader, ...] = (
    *accounts.LOADERS,  # districts, customers, accounts, dispositions
    *payments.LOADERS,  # standing orders
    *loans.LOADERS,
    *cards.LOADERS,
    *statements.LOADERS,  # transactions: the long one, last
)
