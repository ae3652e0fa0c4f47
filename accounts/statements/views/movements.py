"""What a customer has, and what happened on it. Reading only; another customer's account does not exist."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import class_limits
from accounts import queries as holders
from accounts.access.decorators import customer_required
from accounts.classes import CLASS_I
from accounts.models import Customer
from accounts.numbers import grouped
from accounts.queries import HeldAccount
from accounts.statements import filters, growing, held, holdings, kinds, queries, searches
from core.ui.templatetags.ui import amount_html, when
from ledger.calendar import business_date
from ledger.money import Money

LAST_LINE = 2**63 - 1
MOST_COUNTED = 100_000  # movements of a search that are added up for the page


class Row(TypedDict):
    """One movement, finished for the template; a mapping, which templates look into fastest."""

    day: SafeString
    kind: str
    channel: str
    details: str
    url: str
    amount: SafeString
    balance: SafeString


class Sums:
    """What movements come to, finished for the template."""

    def __init__(self, totals: queries.Totals, currency: str) -> None:
        self.count, self.more = f"{totals.count:,}", totals.more
        self.money_in, self.money_out = Money(totals.money_in, currency), Money(-totals.money_out, currency)


@dataclass(frozen=True)
class Shown:
    """One account, finished for the template."""

    account: HeldAccount
    number: str
    booked: Money
    available: Money
    held: Money
    overdraft: Money

    @classmethod
    def of(cls, account: HeldAccount) -> "Shown":
        def money(minor: int) -> Money:
            return Money(minor, account.currency)

        return cls(
            account=account,
            number=grouped(account.number),
            booked=money(account.booked),
            available=money(account.available + account.overdraft),
            held=money(account.held),
            overdraft=money(account.overdraft),
        )


@never_cache
@customer_required
@require_safe
def accounts_overview(request: HttpRequest) -> HttpResponse:
    """This view will show every account a customer may dispose of, and what else they hold."""
    customer = reader(request)
    return render(
        request,
        "statements/overview.html",
        {
            "accounts": [Shown.of(account) for account in holders.accounts_of(customer)],
            "holdings": holdings.of(customer),
            "may_open": customer.standing == Customer.Standing.VERIFIED,
        },
    )


class Left(TypedDict):
    """One limit of an account's class, finished for the template."""

    what: str
    used: Money
    left: Money
    most: Money


@dataclass(frozen=True)
class ClassShown:
    """What an account of class II or III may still do today and this year."""

    name: str
    bound_number: str
    limits: list[Left]

    @classmethod
    def of(cls, account: HeldAccount, *, today: date) -> "ClassShown | None":
        """This method will sum what is used, in two queries; None, without one, for class I."""
        if account.account_class == CLASS_I:
            return None
        standing = class_limits.standing(account.id, today=today)
        if standing is None:
            return None
        used, caps = standing.used, class_limits.caps(account.account_class, currency=account.currency, on=today)
        rows = [
            (_("In from other accounts, today"), used.in_day, caps.in_day),
            (_("In from other accounts, this year"), used.in_year, caps.in_year),
            (_("Out to other accounts, today"), used.out_day, caps.out_day),
            (_("Out to other accounts, this year"), used.out_year, caps.out_year),
        ]
        if caps.balance is not None:
            rows.append((_("On the account"), used.balance, caps.balance))

        def money(minor: int) -> Money:
            return Money(minor, account.currency)

        return cls(
            name=str(holders.NAMES[account.account_class]),
            bound_number=grouped(holders.number_of(standing.bound_to_id)),
            limits=[
                Left(what=what, used=money(max(0, gone)), left=money(max(0, most - gone)), most=money(most))
                for what, gone, most in rows
            ],
        )


@never_cache
@customer_required
@require_safe
def statement(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """This view will show one account and a page of its movements, filtered as the address says."""
    account, now = account_of_reader(request, public_id), timezone.now()
    reading = filters.read(request.GET, currency=account.currency, today=business_date(now))
    here = reverse("statement", args=[public_id])
    before, after = _number(request, "before"), _number(request, "after")
    page, sums, within = queries.Page([], has_newer=False, has_older=False), None, None
    if not reading.errors:
        if reading.query:
            within = queries.narrowed(account.ledger_account_id, reading.filter)
            sums = queries.totals(account.ledger_account_id, reading.filter, most=MOST_COUNTED, within=within)
        page = queries.page(account.ledger_account_id, reading.filter, before=before, after=after, within=within)
        if after is not None and not page.has_newer:  # the newest page is full and has one address
            return redirect(address_with(here, reading.query))
    saved = searches.of(reader(request))
    first, last = (page.movements[0].number, page.movements[-1].number) if page.movements else (0, 0)
    return render(
        request,
        "statements/statement.html",
        {
            "shown": Shown.of(account),
            "held": held.on(account, customer=reader(request), now=now),
            "earns": growing.on(account, now=now),
            "of_class": ClassShown.of(account, today=business_date(now)),
            "rows": [_row(movement, public_id) for movement in page.movements],
            "reading": reading,
            "filtered": not reading.filter.is_empty or bool(reading.errors),
            "unfold": bool(reading.errors) or (bool(reading.query) and not page.movements),
            "asked": filters.described(reading.typed) if sums else [],
            "here": here,
            "files": [
                (name, address_with(reverse(f"statement_{kind}", args=[public_id]), reading.query))
                for kind, name in (("xlsx", "Excel"), ("csv", "CSV"), ("pdf", "PDF"))
            ],
            "sums": sums and Sums(sums, account.currency),
            "searches": [(one, address_with(here, one.address), one.address == reading.query) for one in saved],
            "kept": any(one.address == reading.query for one in saved),
            "save_url": address_with(reverse("search_save", args=[public_id]), reading.query),
            "newer": address_with(here, reading.query, after=first) if page.has_newer and page.movements else "",
            "older": address_with(here, reading.query, before=last) if page.has_older and page.movements else "",
        },
    )


def _row(movement: queries.Movement, account_id: uuid.UUID) -> Row:
    return Row(
        day=when(movement.business_date, "short"),
        kind=kinds.label(movement.kind),
        channel=kinds.channel(movement.channel),
        details=movement.narrative,
        url=reverse(settings.MOVEMENT_PAGE, args=[account_id, movement.number]),
        amount=amount_html(
            Money(movement.amount, movement.currency).decimal, movement.currency, sign="always", tone=True
        ),
        balance=amount_html(Money(movement.balance_after, movement.currency).decimal, movement.currency),
    )


def reader(request: HttpRequest) -> Customer:
    """This function will say which customer is reading."""
    return cast(Customer, request.customer)  # type: ignore[attr-defined]


def account_of_reader(request: HttpRequest, public_id: uuid.UUID) -> HeldAccount:
    """This function will find an account the reader may dispose of. Raises Http404 for any other."""
    account = holders.account_of(reader(request), public_id)
    if account is None:
        raise Http404
    return account


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return min(int(text), LAST_LINE) if text.isascii() and text.isdigit() and len(text) < 20 else None


def address_with(address: str, query: str, **more: int | str) -> str:
    """This function will put a query behind an address."""
    whole = "&".join(part for part in (query, urlencode(more)) if part)
    return f"{address}?{whole}" if whole else address
