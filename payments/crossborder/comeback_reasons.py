"""Why a payment abroad came back, as ISO 20022 external reason codes in plain words: those of clearing, and the ones
that banks on the way abroad add.
"""

from django.utils.translation import gettext_lazy as _

from payments.clearing import reasons
from payments.clearing.reasons import Reason

_BANKS = Reason(
    _("A bank on the way could not be reached, so the payment could not be carried out."),
    _("The fault was not yours. You can send it again."),
)
ABROAD: dict[str, Reason] = {
    "AB05": _BANKS,
    "AB06": _BANKS,
    "AB07": _BANKS,
    "AB08": _BANKS,
    "ED05": Reason(
        _("The banks on the way could not settle the payment among themselves."),
        _("The fault was not yours. You can send it again."),
    ),
    "TM01": Reason(
        _("The payment came to a bank on the way after that bank had closed."),
        _("The fault was not yours. You can send it again."),
    ),
    "BE04": Reason(
        _("The payee's address was missing or not accepted."),
        _("Ask the payee for the full address, add them to your list again, and send it again."),
    ),
    "RC01": Reason(
        _("The payee's bank could not be reached under its BIC."),
        _("Ask the payee for the BIC of their bank, add them to your list again, and send it again."),
    ),
    "RR04": Reason(
        _("A bank on the way may not carry it by the rules of its country."),
        _("Ask us at a branch or by telephone before you send it again."),
    ),
}


def reason(code: str) -> Reason:
    """This function will give the words for a code; those of "no reason given" for one we do not know."""
    return ABROAD.get(code) or reasons.reason(code)
