"""What is issued once and kept as it was: a month's statement, a certificate of balance."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import BankAccount, Customer


class MonthlyStatement(models.Model):
    """A month of one account: which of its lines, and what they come to, in minor units of the account's currency.

    Every line of an account stands on exactly one statement. A line that is booked after its month was issued stands on
    the next one.
    """

    public_id = models.UUIDField(default=uuid.uuid4, db_default=models.Func(function="gen_random_uuid"), unique=True)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="monthly_statements")
    month = models.DateField(_("month"))  # its first day
    first_number = models.BigIntegerField(_("first line"))
    last_number = models.BigIntegerField(_("last line"))
    opening = models.BigIntegerField(_("opening balance"))
    money_in = models.BigIntegerField(_("money in"))
    money_out = models.BigIntegerField(_("money out"))
    closing = models.BigIntegerField(_("closing balance"))
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("monthly statement")
        verbose_name_plural = _("monthly statements")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bank_account", "month"], name="statement_once_a_month"),
            models.UniqueConstraint(fields=["bank_account", "first_number"], name="statement_line_on_one"),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("money_in") - F("money_out")), name="statement_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(first_number__lte=F("last_number"), money_in__gte=0, money_out__gte=0),
                name="statement_has_lines",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account_id} {self.month:%Y-%m}"

    @property
    def count(self) -> int:
        """How many lines it has."""
        return self.last_number - self.first_number + 1


class BalanceCertificate(models.Model):
    """What a customer had on some accounts at the end of a business day, as it was certified. It never changes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="balance_certificates")
    key = models.UUIDField()  # of the form it was asked for on
    code = models.CharField(_("verification code"), max_length=32, unique=True)
    holder = models.CharField(_("holder"), max_length=200)
    at_end_of = models.DateField(_("at the end of"))  # business date
    # [{"number": "…", "currency": "CNY", "balance": minor units}], in the order shown
    balances = models.JSONField(_("balances"))
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("certificate of balance")
        verbose_name_plural = _("certificates of balance")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "key"], name="certificate_once_per_form"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.at_end_of}"
