"""Why money is asked back and why it does not come, as ISO 20022 codes, each in plain words."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Why:
    """A reason for which a payer asks: the code of the message, and what the payer chooses."""

    code: str  # ExternalCancellationReason1Code
    label: Promise


WHYS: Final[dict[str, Why]] = {
    "account": Why("AC03", _("I chose the wrong account or the wrong person")),
    "amount": Why("AM09", _("I sent the wrong amount")),
    "twice": Why("DUPL", _("I sent it twice")),
    "fraud": Why("FRAD", _("I was deceived")),
    "other": Why("CUST", _("Another reason")),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the money does not come back: what the payer reads, and what can be done besides."""

    tells: Promise
    advice: Promise


_TALK: Final = _("Talk to the payee. If they will not, a court can decide; our receipt proves the payment.")
REFUSALS: Final[dict[str, Refusal]] = {
    "CUST": Refusal(_("The payee was asked and does not send the money back."), _TALK),
    "NOAS": Refusal(_("The payee's bank has asked the payee, who has not answered."), _TALK),
    "AM04": Refusal(
        _("The payee's account no longer holds the money."),
        _("Talk to the payee. If you were deceived, report it to the police: their file number helps the other bank."),
    ),
    "AC04": Refusal(_("The payee's account is closed."), _TALK),
    "ARDT": Refusal(
        _("The other bank says that it has sent the money back already."),
        _("It is booked as soon as it is here. If it is not within two working days, tell us."),
    ),
    "NOOR": Refusal(
        _("The other bank does not find the payment."), _("Tell us that the money has not arrived: we look for it.")
    ),
    "LEGL": Refusal(
        _("The law does not let the other bank give the money back."),
        _("If you were deceived, report it to the police: a court can order it."),
    ),
    "AGNT": Refusal(_("The other bank does not give the money back."), _TALK),
}
UNKNOWN: Final = REFUSALS["AGNT"]


def refusal(code: str) -> Refusal:
    """This function will give the words for a code; those of "does not give it back" for one we do not know."""
    return REFUSALS.get(code, UNKNOWN)
