"""The books as tables. Django reads them; only the functions in the database write them (ledger/migrations).

Amounts are exact minor units of the account's currency, signed: credit is positive, debit negative. A customer's
deposit is the bank's liability, so a customer's balance reads as a positive number.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """An account in the chart of accounts. It knows no customer: who holds it is said upstairs."""

    class Kind(models.TextChoices):
        ASSET = "asset", _("Asset")
        LIABILITY = "liability", _("Liability")
        EQUITY = "equity", _("Equity")
        INCOME = "income", _("Income")
        EXPENSE = "expense", _("Expense")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.OPEN)
    # True: a locked running balance with a gapless line number (customers' accounts).
    # False: an internal account everybody books against; its lines are appended, its balance summed from a roll-up.
    running = models.BooleanField(_("running balance"))
    floor = models.BigIntegerField(_("floor"), null=True)  # minor units; null: no floor. Only for running accounts.
    balance = models.BigIntegerField(_("balance"), default=0)  # running accounts only
    held = models.BigIntegerField(_("held"), default=0)  # running accounts only
    last_number = models.BigIntegerField(_("last line number"), default=0)  # running accounts only
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")

    def __str__(self) -> str:
        return f"{self.code} ({self.currency})"
