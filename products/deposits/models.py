"""Demand deposits: the running sum of an account's daily balances, what was credited, what the bank owes each evening.

Amounts are minor units of the account's currency. A sum of daily balances is an amount times days.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Accrual(models.Model):
    """The running period of one account: each day from `since` to `through` is in the sum, and none twice."""

    bank_account = models.OneToOneField(
        "accounts.BankAccount",
        verbose_name=_("account"),
        on_delete=models.PROTECT,
        related_name="accrual",
        primary_key=True,
    )
    since = models.DateField(_("first day of the period"))
    until = models.DateField(_("settlement day"))
    through = models.DateField(_("counted through"))
    daily_balances = models.BigIntegerField(_("sum of daily balances"))
    after_number = models.BigIntegerField(_("lines counted through"))  # no later day begins at or before this line

    class Meta:
        verbose_name = _("running interest")
        verbose_name_plural = _("running interest")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="deposits_accrual_days",
                condition=models.Q(through__lte=models.F("until")) & models.Q(since__lte=models.F("until")),
            ),
            models.CheckConstraint(name="deposits_accrual_sum", condition=models.Q(daily_balances__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account_id} {self.since}–{self.through}"


class Settlement(models.Model):
    """The interest of one account for one period, worked out once and credited once."""

    class Reason(models.TextChoices):
        QUARTER = "quarter", _("End of the quarter")
        CLOSING = "closing", _("Before closing")

    bank_account = models.ForeignKey(
        "accounts.BankAccount", verbose_name=_("account"), on_delete=models.PROTECT, related_name="settlements"
    )
    reason = models.CharField(_("reason"), max_length=7, choices=Reason)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    daily_balances = models.BigIntegerField(_("sum of daily balances"))
    percent = models.DecimalField(_("per cent a year"), max_digits=9, decimal_places=5)
    day_basis = models.PositiveSmallIntegerField(_("days of a year"))
    rate_day = models.DateField(_("day of the rate"))
    interest = models.BigIntegerField(_("interest"))
    entry_id = models.BigIntegerField(_("entry"), null=True, unique=True)  # null: less than half a minor unit
    settled_at = models.DateTimeField(pgettext_lazy("interest", "settled at"))

    class Meta:
        verbose_name = _("interest of a period")
        verbose_name_plural = _("interest of periods")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["bank_account", "last_day"], name="deposits_settlement_once"),
            models.CheckConstraint(
                name="deposits_settlement_days", condition=models.Q(first_day__lte=models.F("last_day"))
            ),
            models.CheckConstraint(
                name="deposits_settlement_booked",
                condition=models.Q(interest=0, entry_id__isnull=True)
                | models.Q(interest__gt=0, entry_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account_id} {self.first_day}–{self.last_day}"


class AccruedDay(models.Model):
    """What the bank owes in interest at the end of a business date in a currency, and what was booked for it."""

    day = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3)
    daily_balances = models.DecimalField(_("sum of daily balances"), max_digits=30, decimal_places=0)
    percent = models.DecimalField(_("per cent a year"), max_digits=9, decimal_places=5)
    day_basis = models.PositiveSmallIntegerField(_("days of a year"))
    owed = models.BigIntegerField(_("owed"))
    change = models.BigIntegerField(_("booked"))
    entry_id = models.BigIntegerField(_("entry"), null=True, unique=True)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("interest owed at the end of a day")
        verbose_name_plural = _("interest owed at the end of days")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="deposits_accruedday_once"),
            models.CheckConstraint(
                name="deposits_accruedday_booked",
                condition=models.Q(change=0, entry_id__isnull=True)
                | (~models.Q(change=0) & models.Q(entry_id__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.currency}"
