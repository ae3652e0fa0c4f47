"""Telling both sides of what was done at the counter. Handlers of facts, called at least once: messages have keys."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import inbox, masks
from accounts.models import Disposition
from accounts.preferences.events import MONEY, Event
from core.outbox import Fact
from core.ui.formats import amount
from ledger.money import Money
from payments import movements
from payments.counter import queries
from payments.counter.models import Operation

EVENTS = (Event("counter.", gettext_lazy("Cash and transfers at the branch counter"), MONEY),)


def tell_done(fact: Fact) -> None:
    """This handler will tell the customer what was done at the counter, and a payee's holders that money came."""
    operation = _of(fact)
    _tell(operation, "done", fact)


def tell_undone(fact: Fact) -> None:
    """This handler will tell everybody who was told of an operation that it was undone."""
    operation = _of(fact)
    _tell(operation, "undone", fact)


def _of(fact: Fact) -> Operation:
    operation = queries.operation_by_id(fact.payload["operation"])
    if operation is None or operation.state != Operation.State.DONE:
        raise LookupError(f"no operation at the counter {fact.payload['operation']}")
    return operation


def _tell(operation: Operation, what: str, fact: Fact) -> None:
    money, branch = Money(operation.amount, operation.currency), operation.day.till.branch
    figures = {
        "amount": amount(money.decimal, money.currency),
        "account": masks.tail(operation.account.number),
        "payee": operation.payee_name,
        "payer": operation.customer_name,
        "reference": operation.reference,
    }

    def own() -> tuple[str, str]:
        values = {**figures, "branch": str(branch)}
        if what == "undone":
            return _("Undone at the counter: %(amount)s") % values, _(
                "What %(branch)s had booked under %(reference)s went back today. Your transactions show both. If this "
                "is not right, ask at the branch."
            ) % values
        title, body = _words()[operation.kind]
        return title % values, body % values

    def theirs() -> tuple[str, str]:
        number = masks.tail(operation.destination.number) if operation.destination else ""
        values = {**figures, "account": number, "branch": str(branch)}
        if what == "undone":
            return _("Taken back by the bank: %(amount)s") % values, _(
                "%(branch)s undid what it had booked from %(payer)s under %(reference)s. Your transactions show both."
            ) % values
        return _("%(amount)s received") % values, _(
            "From %(payer)s, at %(branch)s, on your account ending in %(account)s. Reference %(reference)s."
        ) % values

    told: set[int] = set()
    entry = operation.entry_id if what == "done" else operation.reversal_id
    for bank_account, text in ((operation.account, own), (operation.destination, theirs)):
        line = movements.movement_by_entry(bank_account.pk, entry) if bank_account and entry else None
        if bank_account is None or line is None:
            continue
        link = reverse("movement", args=[bank_account.public_id, line.number])
        holders = Disposition.objects.filter(bank_account=bank_account, customer__user__isnull=False)
        for holder in holders.select_related("customer__user").order_by("id"):
            user = holder.customer.user
            if user is None or user.pk in told:
                continue
            told.add(user.pk)
            inbox.send(
                user=user,
                event=f"counter.{what}",
                key=f"counter:{operation.public_id}:{what}",
                text=text,
                link=link,
                now=fact.created_at,
            )


def _words() -> dict[str, tuple[str, str]]:
    return {
        Operation.Kind.DEPOSIT.value: (
            _("%(amount)s paid in"),
            _("In cash at %(branch)s, on your account ending in %(account)s. Reference %(reference)s."),
        ),
        Operation.Kind.WITHDRAWAL.value: (
            _("%(amount)s paid out"),
            _("In cash at %(branch)s, from your account ending in %(account)s. Reference %(reference)s. If it was not "
              "you, call us at once."),
        ),
        Operation.Kind.TRANSFER.value: (
            _("%(amount)s sent"),
            _("To %(payee)s, at %(branch)s, from your account ending in %(account)s. Reference %(reference)s. If it "
              "was not you, call us at once."),
        ),
    }  # fmt: skip
