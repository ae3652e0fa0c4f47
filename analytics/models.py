"""Facts for managers: what moved, and who is there, summed up so that no page reads the books themselves.

A movement is a line on an account that somebody holds; the bank's own accounts are not counted. Values are exact minor
units, always positive; the direction says the sign. `district` is the number of the account's district at the time when
the movement was rolled up, 0 where it has none: no foreign key, because facts outlive a change of districts.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    IN = "in", _("Money in")
    OUT = "out", _("Money out")


class DailyFact(models.Model):
    """Number and value of the movements of one business date, by everything a manager asks about."""

    pk = models.CompositePrimaryKey("business_date", "channel", "kind", "direction", "currency", "district")
    business_date = models.DateField(_("business date"))
    channel = models.CharField(_("channel"), max_length=9)
    kind = models.CharField(_("kind"), max_length=40)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    currency = models.CharField(_("currency"), max_length=3)
    district = models.BigIntegerField(_("district"))
    movements = models.BigIntegerField(_("movements"))
    value = models.DecimalField(_("value"), max_digits=38, decimal_places=0)

    class Meta:
        db_table = "analytics_daily"
        verbose_name = _("daily fact")
        verbose_name_plural = _("daily facts")

    def __str__(self) -> str:
        return f"{self.business_date} {self.channel} {self.kind} {self.direction} {self.currency} {self.district}"


class MonthlyFact(models.Model):
    """The daily facts of a month without the kind: what the managers' page reads."""

    pk = models.CompositePrimaryKey("month", "channel", "direction", "currency", "district")
    month = models.DateField(_("month"))  # its first day
    channel = models.CharField(_("channel"), max_length=9)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    currency = models.CharField(_("currency"), max_length=3)
    district = models.BigIntegerField(_("district"))
    movements = models.BigIntegerField(_("movements"))
    value = models.DecimalField(_("value"), max_digits=38, decimal_places=0)

    class Meta:
        db_table = "analytics_monthly"
        verbose_name = _("monthly fact")
        verbose_name_plural = _("monthly facts")

    def __str__(self) -> str:
        return f"{self.month} {self.channel} {self.direction} {self.currency} {self.district}"


class HoldingFact(models.Model):
    """Accounts opened, and customers who joined, on one day in one district; closed ones are taken out again.

    A customer is somebody whose identity is verified or who may dispose of an account.
    """

    pk = models.CompositePrimaryKey("day", "district")
    day = models.DateField(_("day"))
    district = models.BigIntegerField(_("district"))
    accounts = models.IntegerField(_("accounts"))
    customers = models.IntegerField(_("customers"))

    class Meta:
        db_table = "analytics_holding"
        verbose_name = _("accounts and customers of a day")
        verbose_name_plural = _("accounts and customers by day")

    def __str__(self) -> str:
        return f"{self.day} {self.district}"


class Progress(models.Model):
    """How far the books are rolled up. One row.

    Every entry of a transaction below `horizon` is in the facts, except those of `running`, which were not over yet.
    While a run is under way, `target` and `target_running` are what it works towards and `entry` is the last entry it
    has done, so that a killed run goes on where it stopped.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    horizon = models.BigIntegerField(default=0)  # a transaction id (xid8)
    running = ArrayField(models.BigIntegerField(), default=list)
    target = models.BigIntegerField(null=True)
    target_running = ArrayField(models.BigIntegerField(), default=list)
    entry = models.BigIntegerField(default=0)
    last_entry = models.BigIntegerField(default=0)  # of this run
    # Entries up to here carry transaction ids of another server's life (a restored dump) and are all rolled up.
    foreign_entry = models.BigIntegerField(default=0)
    rolled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="analytics_progress_is_one")]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.horizon)
