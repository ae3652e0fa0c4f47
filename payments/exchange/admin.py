"""Rates, exchanges and the valued position, as staff look them up. Nothing is changed here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.ui import formats
from ledger.money import Money
from payments.admin import LookUpOnly
from payments.exchange import words
from payments.exchange.models import HOME, Exchange, Rate, Revaluation


def _yuan(minor: int) -> str:
    return formats.amount(Money(minor, HOME).decimal, HOME)


@admin.register(Rate)
class RateAdmin(LookUpOnly):
    list_display = ("day", "quote", "per_euro", "source", "loaded_at")
    list_filter = ("quote", "source")
    date_hierarchy = "day"
    ordering = ("-day", "quote")
    fields = ("day", "base", "quote", "per_euro", "source", "loaded_at")

    @admin.display(description=_("for one euro"))
    def per_euro(self, row: Rate) -> str:
        return words.digits(row.rate)


@admin.register(Exchange)
class ExchangeAdmin(LookUpOnly):
    list_display = ("reference", "state", "given", "received", "rate", "spread", "customer", "confirmed_at")
    list_filter = ("state", "business_date")
    list_select_related = ("customer__user", "source", "destination", "quote")
    search_fields = ("=reference", "=source__number", "=destination__number")
    search_help_text = _("Exact reference or account number")
    ordering = ("-id",)
    fields = (
        "reference", "state", "customer", "source", "given", "destination", "received", "rate", "reference_rate",
        "spread", "memo", "business_date", "entry_id", "created_at", "confirmed_at",
    )  # fmt: skip

    @admin.display(description=_("amount given"))
    def given(self, row: Exchange) -> str:
        return formats.amount(Money(row.quote.sell, row.quote.sell_currency).decimal, row.quote.sell_currency)

    @admin.display(description=_("amount received"))
    def received(self, row: Exchange) -> str:
        return formats.amount(Money(row.quote.buy, row.quote.buy_currency).decimal, row.quote.buy_currency)

    @admin.display(description=_("customer's rate"))
    def rate(self, row: Exchange) -> str:
        return words.rate(row.quote.rate, row.quote.base, _other(row))

    @admin.display(description=_("reference rate"))
    def reference_rate(self, row: Exchange) -> str:
        shown = words.rate(row.quote.mid, row.quote.base, _other(row))
        return f"{shown} ({row.quote.rate_day:%Y-%m-%d})"

    @admin.display(description=_("spread"))
    def spread(self, row: Exchange) -> str:
        return _yuan(row.quote.sell_worth - row.quote.buy_worth)


def _other(row: Exchange) -> str:
    quote = row.quote
    return quote.buy_currency if quote.base == quote.sell_currency else quote.sell_currency


@admin.register(Revaluation)
class RevaluationAdmin(LookUpOnly):
    """The open positions, day by day, with what each day gained or lost."""

    list_display = ("day", "currency", "held", "counter", "value", "gain", "price", "rate_day")
    list_filter = ("currency",)
    date_hierarchy = "day"
    ordering = ("-day", "currency")
    fields = ("day", "currency", "held", "counter", "value", "gain", "price", "rate_day", "entry_id", "made_at")

    @admin.display(description=_("currency position"))
    def held(self, row: Revaluation) -> str:
        return formats.amount(Money(row.position, row.currency).decimal, row.currency)

    @admin.display(description=_("in the books before"))
    def counter(self, row: Revaluation) -> str:
        return _yuan(-row.before)

    @admin.display(description=_("worth"))
    def value(self, row: Revaluation) -> str:
        return _yuan(row.worth)

    @admin.display(description=_("gain or loss"))
    def gain(self, row: Revaluation) -> str:
        return formats.amount(Money(row.result, HOME).decimal, HOME, signed="always")

    @admin.display(description=_("reference rate"))
    def price(self, row: Revaluation) -> str:
        return words.rate(row.rate, row.currency, HOME)
