"""Why a correction is declined, in words the customer reads."""

from django.utils.translation import gettext_lazy as _

from core.reviews.subject import Reason

REASONS = (
    Reason(
        "no_evidence",
        _("Nothing shows the change"),
        _("We could not see from what you sent that this changed."),
        _("Send it again with a photo of the document that shows it."),
    ),
    Reason(
        "unreadable",
        _("Evidence cannot be read"),
        _("The photo you sent cannot be read."),
        _("Take it again in good light, with all four corners, and send it."),
    ),
    Reason(
        "differs",
        _("Evidence says something else"),
        _("What you typed is not what the document in your photo says."),
        _("Compare the two, character by character, and send it again."),
    ),
)
