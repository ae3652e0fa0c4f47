"""Choose a class, check, open."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import stepup
from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.classes import WhyNot
from accounts.identity.queries import money_stays
from accounts.models import Customer
from accounts.numbers import grouped
from accounts.opening import currencies, services
from accounts.opening.forms import ChooseForm, CurrencyForm, KeyForm
from accounts.queries import NAMES, HeldAccount
from ledger.calendar import business_date
from ledger.money import Money

ASKED_ONCE = ("key", "account_class", "bound_to", "stepup-challenge", "stepup-code")
WHY_NOT = {
    WhyNot.FULL: gettext_lazy("You hold as many accounts of this class as one person may. Nothing was opened."),
    WhyNot.UNBOUND: gettext_lazy(
        "An account of class II or III needs an open class I account of your own. Nothing was opened."
    ),
    WhyNot.FACE_TO_FACE: gettext_lazy("A class I account is opened at a branch counter. Nothing was opened."),
}
EXPIRED = gettext_lazy(
    "Your identity document has expired, so nothing new is opened now. Show us the new document under “Me”."
)


@never_cache
@verified_customer_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """What can be opened, what each may do, and how many there are."""
    customer, now = _customer(request), timezone.now()
    accounts, offers, form = _form(customer, now, None)
    return render(
        request,
        "opening/choose.html",
        {"form": form, "offers": [_shown(offer, accounts) for offer in offers], "accounts": accounts,
         "stopped": _expired(customer, now), **_currencies(customer, now)},
    )  # fmt: skip


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The check page: class, limits, the account it is bound to, and the code."""
    customer, now = _customer(request), timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    if any(len(sent.getlist(name)) > 1 for name in ASKED_ONCE):
        raise SuspiciousOperation("a field was sent twice")
    accounts, offers, form = _form(customer, now, sent)
    if _expired(customer, now) or not form.is_valid():
        return render(
            request,
            "opening/choose.html",
            {"form": form, "offers": [_shown(offer, accounts) for offer in offers], "accounts": accounts,
             "stopped": _expired(customer, now), **_currencies(customer, now)},
        )  # fmt: skip
    account_class, bound_to = form.cleaned_data["account_class"], form.cleaned_data["bound_to"]
    bound = next(one for one in accounts if str(one.public_id) == bound_to)
    key = KeyForm.read(sent)
    words = _("Open a %(account)s bound to %(number)s") % {
        "account": NAMES[account_class],
        "number": grouped(bound.number),
    }
    panel = StepUpPanel(
        request,
        operation=services.OPERATION,
        payload=services.shown(account_class=account_class, bound_number=bound.number, key=key),
        words=words,
        now=now,
    )
    error = ""
    if request.method == "POST" and panel.passed(now=now):
        try:
            opened = services.open_online(
                customer=customer,
                account_class=account_class,
                bound_to=bound.public_id,
                key=key,
                challenge_id=panel.challenge_id,
                session=panel.session,
                now=now,
            )
        except stepup.Refused as refusal:
            panel.refuse(refusal, now=now)
        except services.CannotOpen as refusal:
            error = str(WHY_NOT[refusal.why])
        except services.IdentityExpired:
            error = str(EXPIRED)
        else:
            messages.success(request, _("Your new account is open. Money can come in at once."))
            return HttpResponseRedirect(reverse("statement", args=[opened.public_id]))
    offer = next(one for one in offers if one.account_class == account_class)
    return render(
        request,
        "opening/check.html",
        {
            "stepup": panel,
            "error": error,
            "offer": _shown(offer, accounts),
            "bound": bound,
            "bound_number": grouped(bound.number),
            "key": key,
            "back_url": reverse("account_open"),
        },
    )


def _form(customer: Customer, now: datetime, sent: Any) -> tuple[list[HeldAccount], list[services.Offer], ChooseForm]:
    accounts = services.to_bind(customer, now=now)
    currency = accounts[0].currency if accounts else "CNY"
    offers = services.offers(customer, currency=currency, now=now)
    open_ones = [offer.account_class for offer in offers if offer.why_not is None]
    return accounts, offers, ChooseForm(sent, classes=open_ones, accounts=accounts)


def _currencies(customer: Customer, now: datetime) -> dict[str, Any]:
    """Which other currencies there are, and in which of them the customer has an account."""
    found = currencies.offers(customer, now=now)
    return {
        "currencies": [{"currency": one.currency, "number": grouped(one.number)} for one in found if one.number],
        "currency_form": CurrencyForm(offers=found),
    }


def _shown(offer: services.Offer, accounts: list[HeldAccount]) -> dict[str, Any]:
    currency = accounts[0].currency if accounts else "CNY"

    def money(minor: int) -> Money:
        return Money(minor, currency)

    caps = offer.caps
    return {
        "account_class": offer.account_class,
        "name": NAMES[offer.account_class],
        "held": offer.held,
        "most": offer.most,
        "full": offer.why_not is WhyNot.FULL,
        "in_day": money(caps.in_day),
        "in_year": money(caps.in_year),
        "out_day": money(caps.out_day),
        "out_year": money(caps.out_year),
        "balance": money(caps.balance) if caps.balance is not None else None,
    }


def _expired(customer: Customer, now: datetime) -> bool:
    return money_stays(customer.document_expires_on, today=business_date(now))


def _customer(request: HttpRequest) -> Customer:
    customer: Customer = request.customer  # type: ignore[attr-defined]
    customer.user = request.user  # type: ignore[assignment]
    return customer
