"""Telling both sides of a transfer. Handlers of facts: called at least once, so each message has its key."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import inbox, masks
from accounts.access import letters
from accounts.models import Customer, Disposition
from accounts.preferences.events import MONEY, Event
from core.outbox import Fact
from core.ui.formats import amount, moment
from ledger.money import Money
from payments import queries
from payments.models import Freedom, OwnLimit

EVENTS = (
    Event("payments.received", gettext_lazy("Money received"), MONEY),
    Event("payments.sent", gettext_lazy("Money sent"), MONEY),
)


def transfer_confirmed(fact: Fact) -> None:
    """This handler will tell the payer that the money has left, and every holder of the other account that it came."""
    transfer = queries.transfer_by_id(fact.payload["transfer"])
    if transfer is None:
        raise LookupError(f"no confirmed transfer {fact.payload['transfer']}")
    figures = {
        "amount": amount(transfer.money.decimal, transfer.currency),
        "payee": transfer.shown_name,
        "payer": transfer.payer_name,
        "source": _ending(transfer.source_number),
        "destination": _ending(transfer.destination_number),
        "reference": transfer.reference,
    }
    link = reverse("receipt", args=[transfer.public_id])
    payer = Customer.objects.select_related("user").get(pk=transfer.payer_id)
    if payer.user is not None:
        inbox.send(
            user=payer.user,
            event="payments.sent",
            key=f"transfer:{transfer.public_id}:sent",
            text=lambda: (
                _("%(amount)s sent") % figures,
                _("To %(payee)s, account ending in %(destination)s, from your account ending in %(source)s. "
                  "Reference %(reference)s.") % figures,
            ),
            link=link,
            now=fact.created_at,
        )  # fmt: skip
    reached = (
        Disposition.objects.filter(bank_account_id=transfer.destination_id, customer__user__isnull=False)
        .exclude(customer_id=transfer.payer_id)
        .select_related("customer__user")
    )
    for holder in reached:
        inbox.send(
            user=holder.customer.user,  # type: ignore[arg-type]  # the filter above says there is one
            event="payments.received",
            key=f"transfer:{transfer.public_id}:received",
            text=lambda: (
                _("%(amount)s received") % figures,
                _("From %(payer)s, on your account ending in %(destination)s. Reference %(reference)s.") % figures,
            ),
            link=link,
            now=fact.created_at,
        )


def limit_lowered(limit: OwnLimit, *, now: datetime) -> None:
    """This function will tell a customer that a limit of theirs is lower now. Joins the open transaction."""
    _about_limit(
        limit,
        lambda: (
            _("Your limit is lower now"),
            _("%(limit)s: %(value)s from now on.") % _of_limit(limit),
        ),
        now,
    )


def limit_raise_asked(limit: OwnLimit, *, now: datetime) -> None:
    """This function will tell a customer that a higher limit was asked for, from when it counts, and how to stop it."""
    _about_limit(
        limit,
        lambda: (
            _("A higher limit was asked for"),
            _("%(limit)s: %(value)s from %(moment)s on. If it was not you, or you changed your mind, stop it "
              "before then on the page of your limits.") % _of_limit(limit),
        ),
        now,
    )  # fmt: skip


def freedom_given(freedom: Freedom, *, now: datetime) -> None:
    """This function will tell a customer that some transfers go without a code now. Joins the open transaction."""
    _tell(
        freedom.customer,
        event="security.without_code",
        key=f"without_code:{freedom.pk}:{now.isoformat()}",
        text=lambda: (
            _("Some transfers go without a code now"),
            _("Allowed: %(kind)s. How far it goes, and how to take it back at once, stands on the page "
              "“Transfers without a code”.") % {"kind": freedom.get_kind_display()},
        ),
        link=reverse("payment_freedoms"),
        now=now,
    )  # fmt: skip


def _about_limit(limit: OwnLimit, text: Callable[[], tuple[str, str]], now: datetime) -> None:
    _tell(
        limit.customer,
        event="security.limit_changed",
        key=f"limit:{limit.public_id}",
        text=text,
        link=reverse("payment_limits"),
        now=now,
    )


def _tell(
    customer: Customer, *, event: str, key: str, text: Callable[[], tuple[str, str]], link: str, now: datetime
) -> None:
    """By every way there is, and to where they were reached until lately."""
    if customer.user is None:
        return
    inbox.send(user=customer.user, event=event, key=key, text=text, link=link, now=now)
    letters.tell_former(user=customer.user, purpose=event, text=text, now=now)


def _of_limit(limit: OwnLimit) -> dict[str, str]:
    money = Money(limit.value, limit.currency) if limit.currency else None
    return {
        "limit": limit.get_which_display(),
        "value": amount(money.decimal, money.currency) if money else str(limit.value),
        "moment": moment(timezone.localtime(limit.counts_from), get_language()) if limit.counts_from else "",
    }


def _ending(number: str) -> str:
    return masks.tail(number)
