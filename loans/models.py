"""Loans. So far those that came with another bank's history: agreed there, shown here."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Loan(models.Model):
    """A loan with equal monthly payments, as its contract says. What was paid stands in the account's statement."""

    class State(models.TextChoices):
        REPAID = "repaid", _("Repaid")
        ENDED_UNPAID = "ended_unpaid", _("Ended, not fully repaid")
        RUNNING = "running", _("Running")
        IN_ARREARS = "in_arrears", _("Running, payments overdue")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bank_account = models.ForeignKey(
        "accounts.BankAccount", verbose_name=_("account"), on_delete=models.PROTECT, related_name="loans"
    )
    granted_on = models.DateField(_("granted on"))
    amount = models.BigIntegerField(_("amount"))  # minor units
    monthly_payment = models.BigIntegerField(_("monthly payment"))  # minor units
    months = models.PositiveSmallIntegerField(_("months"))
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=12, choices=State)
    external_ref = models.CharField(_("reference in the old bank"), max_length=64, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, monthly_payment__gt=0, months__gt=0), name="loan_figures_are_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.external_ref or self.public_id} · {self.get_state_display()}"
