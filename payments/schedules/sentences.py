"""What a refusal of an order means, whether anything was agreed, and what to do. Each with the field it belongs to."""

from django.forms import Form
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.ui import formats
from ledger.money import Money
from payments import refusals as transfer
from payments.clearing.refusals import NoWay, UnknownBank
from payments.schedules import refusals
from payments.sentences import of_transfer

Refusal = refusals.ScheduleRefused | transfer.TransferRefused


def money(minor: int, currency: str) -> str:
    """This function will write an amount for use inside a sentence."""
    return formats.amount(Money(minor, currency).decimal, currency)


def show(form: Form, refusal: Refusal) -> None:
    """This function will put a refusal at its field of a form, or on top where the form has no such field."""
    field, said = of(refusal)
    form.add_error(field if field in form.fields else None, said)


def of(refusal: Refusal) -> tuple[str, str]:  # noqa: PLR0911 - one for each refusal
    """This function will give (field, sentence). In none of these cases anything was agreed or has moved."""
    if isinstance(refusal, NoWay | UnknownBank):
        return "to", _(
            "We do not reach this payee's bank with such a sum. Nothing was agreed. Enter less, or choose another."
        )
    if isinstance(refusal, transfer.TransferRefused):
        return of_transfer(refusal)
    match refusal:
        case refusals.TooEarly():
            return "starts_on", _(
                "The first possible date is %(day)s. Nothing was agreed. What is to leave today, send as a transfer."
            ) % {"day": formats.day(refusal.earliest, get_language())}
        case refusals.TooLate():
            return "starts_on", _("The first date can be %(day)s at the latest. Nothing was agreed.") % {
                "day": formats.day(refusal.latest, get_language())
            }
        case refusals.AboveLimit():
            return "amount", _(
                "One payment can be at most %(most)s, your limit for a transfer. Nothing was agreed. Enter less, or "
                "raise the limit first."
            ) % {"most": money(refusal.most, refusal.currency)}
        case refusals.TooMany():
            return "", _(
                "You have %(most)s orders, as many as can be kept. Nothing was agreed. Cancel one you no longer need."
            ) % {"most": refusal.most}
        case refusals.NeverDue():
            return "until", _("No payment would come of this. Nothing was agreed. Choose a later end or another date.")
        case refusals.NothingLeft():
            return "total", _(
                "This would leave nothing to pay. Nothing was changed. To end the order, cancel it instead."
            )
        case refusals.MovedOn():
            return "", _(
                "The order has changed since you opened the page: a payment was made, or it was changed elsewhere. "
                "Nothing was done now. Look at it as it stands, then decide."
            )
        case refusals.HasEnded():
            return "", _("This order has ended. Nothing more is paid by it, and nothing can be changed.")
        case _:
            return "", _("There is no such order. Nothing was done.")
