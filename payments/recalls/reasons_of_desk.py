"""Why a movement stands although its customer disputed it: coded, in the first words of the release (core.reviews)."""

from django.utils.translation import gettext_lazy as _

from core.reviews.subject import Reason

REASONS = (
    Reason(
        "confirmed",
        _("Confirmed with the customer's own second step"),
        _("This movement was confirmed with your second step, on a device you had used before."),
        _("If somebody else has your phone or your codes, lock your access at once and call us."),
    ),
    Reason(
        "agreed_amount",
        _("The amount is the one agreed to"),
        _("The amount is the one you confirmed on the check page."),
        _("Your receipt shows it. Settle a difference with the payee, or ask for the money back."),
    ),
    Reason(
        "two_orders",
        _("Two orders, both the customer's"),
        _("These are two payments, each confirmed by you."),
        _("If the second was a mistake, ask for its money back on its receipt."),
    ),
    Reason(
        "arrived",
        _("The money has arrived"),
        _("The payee's bank confirms that the money is on the payee's account."),
        _("Send the payee your receipt: its code lets them check it."),
    ),
    Reason(
        "merchant",
        _("Between the customer and the payee"),
        _("The payment was made as you ordered it; what you got for it is between you and the payee."),
        _("Talk to the payee, or ask for the money back on the receipt."),
    ),
)
