from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "ledger"
    label = "ledger"
    verbose_name = _("The books")
    # The application reads the books. It writes them through the functions of ledger/migrations/sql alone.
    privileges: ClassVar[dict[str, str]] = {
        "ledger_account": "SELECT",
        "ledger_entry": "SELECT",
        "ledger_line": "SELECT",
        "ledger_hold": "SELECT",
        "ledger_rollup": "SELECT",
        "ledger_mark": "SELECT",
        "ledger_balance": "SELECT",  # a view
    }
