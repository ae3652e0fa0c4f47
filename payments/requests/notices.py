"""Telling who asked, and who was asked. Handlers of facts: called at least once, so each message has its key."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.models import Customer
from accounts.preferences.events import MONEY, Event
from core.outbox import Fact
from core.ui import formats
from ledger.money import Money
from payments import names
from payments.models import Transfer
from payments.requests.models import MoneyRequest

EVENTS = (
    Event("requests.asked", gettext_lazy("Somebody asks you for money"), MONEY),
    Event("requests.reminded", gettext_lazy("A reminder of what somebody asks for"), MONEY),
    Event("requests.cancelled", gettext_lazy("What somebody asked for is no longer asked for"), MONEY),
    Event("requests.paid", gettext_lazy("What you asked for was paid"), MONEY),
    Event("requests.declined", gettext_lazy("What you asked for was declined"), MONEY),
)


def tell_asked(fact: Fact) -> None:
    """This handler will tell whom a request was addressed to that somebody asks them for money."""
    request = _request(fact)
    if request.state != MoneyRequest.State.OPEN:
        return
    _tell_addressee(
        fact,
        request,
        "requests.asked",
        lambda figures: (
            _("%(asker)s asks you for %(amount)s") % figures,
            _("For: %(words)s. Pay it only if you know who is asking and what for; you can decline. It counts until "
              "%(day)s.") % figures,
        ),
    )  # fmt: skip


def tell_reminded(fact: Fact) -> None:
    """This handler will remind whom a request was addressed to."""
    request = _request(fact)
    if request.state != MoneyRequest.State.OPEN:
        return
    _tell_addressee(
        fact,
        request,
        "requests.reminded",
        lambda figures: (
            _("A reminder: %(asker)s asks you for %(amount)s") % figures,
            _("For: %(words)s. It counts until %(day)s. If you do not want to be asked, decline it.") % figures,
        ),
    )


def tell_cancelled(fact: Fact) -> None:
    """This handler will tell whom a request was addressed to that nothing is asked for any more."""
    _tell_addressee(
        fact,
        _request(fact),
        "requests.cancelled",
        lambda figures: (
            _("%(asker)s no longer asks you for %(amount)s") % figures,
            _("For: %(words)s. Nothing is to be done.") % figures,
        ),
    )


def tell_declined(fact: Fact) -> None:
    """This handler will tell the asker that their request was declined, and why."""
    request = _request(fact)
    _tell(
        request.asker,
        event="requests.declined",
        key=f"request:{request.public_id}:declined",
        text=lambda: (
            _("Your request for %(amount)s was declined") % _figures(request),
            _("For: %(words)s. Reason: %(reason)s.")
            % {**_figures(request), "reason": request.get_reason_display()},
        ),
        link=reverse("request", args=[request.public_id]),
        fact=fact,
    )  # fmt: skip


def tell_paid(fact: Fact) -> None:
    """This handler will tell the asker that somebody has paid what they asked for, and how many have by now."""
    request = _request(fact)
    transfer = Transfer.objects.get(public_id=fact.payload["transfer"])
    figures = {
        "payer": transfer.payer_name,
        "amount": formats.amount(Money(transfer.amount, transfer.currency).decimal, transfer.currency),
        "words": request.words,
        "paid": request.paid_count,
        "people": request.people,
    }

    def text() -> tuple[str, str]:
        title = _("%(payer)s has paid %(amount)s that you asked for") % figures
        if request.people == 1:
            return title, _("For: %(words)s. The money is on your account.") % figures
        return title, _("For: %(words)s. %(paid)s of %(people)s have paid. The money is on your account.") % figures

    _tell(
        request.asker,
        event="requests.paid",
        key=f"request:{request.public_id}:paid:{transfer.public_id}",
        text=text,
        link=reverse("request", args=[request.public_id]),
        fact=fact,
    )


def _tell_addressee(
    fact: Fact, request: MoneyRequest, event: str, text: Callable[[dict[str, Any]], tuple[str, str]]
) -> None:
    if request.addressee is None:
        return
    _tell(
        request.addressee,
        event=event,
        key=f"request:{request.public_id}:{event}:{fact.payload['on']}",
        text=lambda: text(_figures(request)),
        link=reverse("request_received", args=[request.public_id]),
        fact=fact,
    )


def _tell(
    customer: Customer, *, event: str, key: str, text: Callable[[], tuple[str, str]], link: str, fact: Fact
) -> None:
    if customer.user is not None:
        inbox.send(user=customer.user, event=event, key=key, text=text, link=link, now=fact.created_at)


def _request(fact: Fact) -> MoneyRequest:
    found = MoneyRequest.objects.select_related("asker__user", "addressee__user")
    return found.get(public_id=fact.payload["request"])


def _figures(request: MoneyRequest) -> dict[str, Any]:
    asked = None if request.amount is None else Money(request.amount, request.currency)
    return {
        "asker": names.masked(request.asker.legal_name),
        "amount": _("money") if asked is None else formats.amount(asked.decimal, asked.currency),
        "words": request.words,
        "day": formats.day(request.last_day, get_language()),
    }
