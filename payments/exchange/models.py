"""Reference rates, what was quoted, what was exchanged between own accounts, and what the position was worth."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.models import MOST_MINOR

EURO, HOME, WORTH = "EUR", "CNY", "USD"  # what the source counts in; the bank's own currency; what quotas count in


class Rate(models.Model):
    """What one unit of the base currency was worth on a day, as its source published it. Written once."""

    class Source(models.TextChoices):
        ECB = "ecb", _("European Central Bank")

    base = models.CharField(_("base currency"), max_length=3)
    quote = models.CharField(_("currency"), max_length=3)
    day = models.DateField(_("day"))
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)  # units of `quote` for one of `base`
    source = models.CharField(_("source"), max_length=8, choices=Source)
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("reference rate")
        verbose_name_plural = _("reference rates")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "quote", "base"], name="rate_once_a_day"),
            models.CheckConstraint(
                condition=Q(base=EURO, rate__gt=0) & ~Q(quote=F("base")), name="rate_is_of_one_euro"
            ),
        ]

    def __str__(self) -> str:
        return f"1 {self.base} = {self.rate.normalize():f} {self.quote} ({self.day:%Y-%m-%d})"


class Quote(models.Model):
    """A price for one exchange, for one customer, for a short time. Taken at most once."""

    class Purpose(models.TextChoices):
        OWN = "own", _("Between own accounts")
        ABROAD = "abroad", _("For a payment abroad")

    class Side(models.TextChoices):
        SELL = "sell", _("What is given")
        BUY = "buy", _("What is received")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=6, choices=Purpose)
    sell = models.BigIntegerField(_("sold"))  # minor units
    sell_currency = models.CharField(_("currency sold"), max_length=3)
    buy = models.BigIntegerField(_("bought"))  # minor units
    buy_currency = models.CharField(_("currency bought"), max_length=3)
    fixed = models.CharField(_("amount that was given"), max_length=4, choices=Side)
    base = models.CharField(_("currency priced"), max_length=3)  # rate and mid: for one unit of it
    rate = models.DecimalField(_("customer's rate"), max_digits=20, decimal_places=10)
    mid = models.DecimalField(_("reference rate"), max_digits=20, decimal_places=10)
    spread_percent = models.DecimalField(_("spread in per cent"), max_digits=8, decimal_places=4)
    rate_day = models.DateField(_("day of the reference rate"))
    source = models.CharField(_("source"), max_length=8, choices=Rate.Source)
    sell_worth = models.BigIntegerField(_("sold, worth in yuan"))  # fen, at the reference rate
    buy_worth = models.BigIntegerField(_("bought, worth in yuan"))  # fen, at the reference rate
    usd = models.BigIntegerField(_("worth in US dollars"))  # cents, at the reference rate
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("void after"))
    taken_at = models.DateTimeField(_("taken at"), null=True)
    taken_on = models.DateField(_("business date"), null=True)

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(sell__gt=0, sell__lte=MOST_MINOR, buy__gt=0, buy__lte=MOST_MINOR)
                & ~Q(sell_currency=F("buy_currency")),
                name="quote_exchanges_something",
            ),
            models.CheckConstraint(condition=Q(sell_worth__gte=F("buy_worth")), name="quote_gives_nothing_away"),
            models.CheckConstraint(
                condition=Q(base=F("sell_currency")) | Q(base=F("buy_currency")), name="quote_prices_one_of_both"
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_on__isnull=True)
                | Q(taken_at__isnull=False, taken_on__isnull=False),
                name="quote_taken_on_a_day",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "taken_on"], condition=Q(taken_on__isnull=False), name="quote_taken"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Exchange(models.Model):
    """An exchange between two own accounts: filled in, quoted (anew when the price ran out), confirmed once.

    draft -> confirmed   by its customer, at the quote that was shown
    A draft that nobody confirms is void when its time is over; the price in it ends sooner.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Waiting for confirmation")
        CONFIRMED = "confirmed", _("Done")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="exchanges")
    source = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    memo = models.CharField(_("memo"), max_length=100, blank=True)
    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="exchange")
    key = models.UUIDField(editable=False)  # made with the form, so that a double click is one exchange
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    step_up = models.UUIDField(null=True, editable=False)  # the question whose answer confirmed it
    free = models.CharField(max_length=8, blank=True)  # why it took no code
    entry_id = models.BigIntegerField(_("entry"), null=True, unique=True)  # in the books
    business_date = models.DateField(_("business date"), null=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("void after"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)

    class Meta:
        verbose_name = _("exchange between own accounts")
        verbose_name_plural = _("exchanges between own accounts")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "key"], name="exchange_one_per_form"),
            models.CheckConstraint(condition=~Q(source=F("destination")), name="exchange_between_two_accounts"),
            models.CheckConstraint(
                condition=Q(state="draft", entry_id__isnull=True, confirmed_at__isnull=True, business_date__isnull=True)
                | Q(state="confirmed", entry_id__isnull=False, confirmed_at__isnull=False, business_date__isnull=False),
                name="exchange_confirmed_means_booked",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Revaluation(models.Model):
    """What the position in a currency was worth at the end of a business date, and what that changed."""

    day = models.DateField(_("business date"))
    currency = models.CharField(_("currency"), max_length=3)
    # minor units of the currency; above zero: the bank has it
    position = models.BigIntegerField(pgettext_lazy("currency", "position"))
    before = models.BigIntegerField(_("counter-value before"))  # fen
    worth = models.BigIntegerField(_("worth"))  # fen, at the rate
    result = models.BigIntegerField(_("gain or loss"))  # fen; above zero: a gain
    rate = models.DecimalField(_("reference rate"), max_digits=20, decimal_places=10)  # yuan for one unit
    rate_day = models.DateField(_("day of the reference rate"))
    entry_id = models.BigIntegerField(_("entry"), null=True, unique=True)  # none where nothing changed
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("valuation of the currency position")
        verbose_name_plural = _("valuations of the currency position")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["currency", "day"], name="revaluation_once_a_day"),
            models.CheckConstraint(condition=Q(result=F("worth") + F("before")), name="revaluation_adds_up"),
            models.CheckConstraint(
                condition=Q(result=0, entry_id__isnull=True) | (~Q(result=0) & Q(entry_id__isnull=False)),
                name="revaluation_books_what_changed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day:%Y-%m-%d}"
