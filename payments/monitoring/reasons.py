"""Why a suspicion stands: coded, in the first words of the release (core.reviews).

What the customer may read names no rule and no suspicion: the law forbids it, and most of them are victims.
"""

from django.utils.translation import gettext_lazy as _

from core.reviews.subject import Reason

REASONS = (
    Reason(
        "not_customer",
        _("The customer did not order it"),
        _("We could not make sure that this transfer came from you."),
        _("Lock your access under “Where you are signed in” when somebody else may have it, and call us."),
    ),
    Reason(
        "deceived",
        _("The customer is being deceived"),
        _("We have not sent this transfer, to protect your money."),
        _(
            "Call us before you send it again. "
            "Nobody from a bank, the police or a shop asks you to move money to safety."
        ),
    ),
    Reason(
        "passes_on",
        _("The account passes on money of others"),
        _("We have not sent this transfer."),
        _("Call us: we need to know what it is for."),
    ),
)
