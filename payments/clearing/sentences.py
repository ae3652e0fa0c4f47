"""What a refusal means, whether money moved, and what to do, for the pages of this room."""

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.ui import formats
from payments import sentences
from payments.clearing.paths import Path, Why
from payments.clearing.refusals import NoWay, UnknownBank
from payments.refusals import AccountClosed, TransferRefused, UnknownSource

PATHS: dict[str, Promise] = {
    Path.HVPS.value: gettext_lazy("Large-value payment system (HVPS)"),
    Path.BEPS.value: gettext_lazy("Small-value payment system (BEPS)"),
    Path.IBPS.value: gettext_lazy("Internet banking clearing system (IBPS)"),
}


def of(refusal: TransferRefused) -> tuple[str, str]:
    """This function will give (field, sentence) for a payment that was refused. In none of these cases money moved."""
    if isinstance(refusal, NoWay):
        return "mode", _no_way(refusal)
    if isinstance(refusal, UnknownBank):
        return "bank", _("We do not reach this bank. No money has moved. Choose one from the list.")
    if isinstance(refusal, AccountClosed | UnknownSource):
        return "source", _("This account cannot be paid from. No money has moved. Choose one of your accounts.")
    field, words = sentences.of_transfer(refusal)
    return {"to": "number"}.get(field, field), words


def _no_way(refusal: NoWay) -> str:
    if refusal.found.why is Why.NOT_REACHED:
        why = _("The payee's bank takes no part in the system that would carry this. No money has moved.")
    else:
        why = _("For a sum like this the large-value system is closed at that hour. No money has moved.")
    instead = refusal.found.instead
    if instead is None:
        return why + " " + _("Enter less, or ask at a branch.")
    language = get_language()
    return (
        why
        + " "
        + _("Choose “On the next day”: it leaves on %(leaves)s and arrives by %(arrives)s.")
        % {
            "leaves": formats.moment(timezone.localtime(instead.execute_at), language),
            "arrives": formats.moment(timezone.localtime(instead.arrives_by), language),
        }
    )
