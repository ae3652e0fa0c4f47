"""Words of this room that several places share."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.recalls.states import State

TONES: dict[State, str] = {
    State.ASKED: "waiting",
    State.SENT: "waiting",
    State.AGREED: "waiting",
    State.REFUSED: "bad",
    State.UNANSWERED: "bad",
    State.RETURNED: "good",
}
DISPUTE_TONES: dict[str, str] = {"open": "waiting", "upheld": "good", "declined": "bad", "withdrawn": "info"}
ELSE: tuple[Promise, ...] = (
    _("Talk to the payee, if you know them. Most money comes back that way."),
    _("If you were deceived, report it to the police at once: their file number helps every bank."),
    _("If the payment is not yours or not what you agreed to, tell us: colleagues look into it."),
    _("A court can order the payee to pay. Our receipt, which anybody can check, proves the payment."),
)
