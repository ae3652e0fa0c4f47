"""Why a payment came back, as ISO 20022 external reason codes, each in plain words with what to do next."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Reason:
    """What the customer reads."""

    tells: Promise
    advice: Promise


REASONS: dict[str, Reason] = {
    "AC01": Reason(
        _("The other bank has no account of this number."), _("Compare the number with what the payee gave you.")
    ),
    "AC04": Reason(_("The payee's account is closed."), _("Ask the payee for another account.")),
    "AC06": Reason(
        _("The payee's account cannot take money at the moment."), _("Ask the payee to talk to their bank.")
    ),
    "AG01": Reason(
        _("The payee's account does not take payments of this kind."), _("Ask the payee for another account.")
    ),
    "AM02": Reason(_("The amount is more than the payee's account may take."), _("Send less, or ask the payee.")),
    "BE01": Reason(
        _("The name does not belong to the account."),
        _("Ask the payee how their bank writes their name, and try again."),
    ),
    "RC01": Reason(
        _("The payee's bank could not be reached under its number."), _("Choose the bank again and send anew.")
    ),
    "FOCR": Reason(_("The payee's bank sent it back because we asked for it."), _("Nothing more is to be done.")),
    "CUST": Reason(_("The payee sent the money back."), _("Ask the payee why.")),
    "MS03": Reason(_("The other bank gave no reason."), _("Ask the payee, or send it again later.")),
}
UNKNOWN = REASONS["MS03"]


def reason(code: str) -> Reason:
    """This function will give the words for a code; those of "no reason given" for one we do not know."""
    return REASONS.get(code, UNKNOWN)
