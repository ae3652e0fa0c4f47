"""Why a payment abroad is refused: for the desk, and in the words the customer reads. Nobody is told of a suspicion."""

from django.utils.translation import gettext_lazy as _

from core.reviews.subject import Reason

REASONS = (
    Reason(
        "papers_missing",
        _("A document is missing"),
        _("A document that proves what the money is for is missing."),
        _("Send the payment again with every document named beside the purpose."),
    ),
    Reason(
        "papers_unclear",
        _("A document cannot be read"),
        _("At least one document could not be read or is not whole."),
        _("Scan it again, every page whole and upright, and send the payment again."),
    ),
    Reason(
        "papers_differ",
        _("The documents say something else"),
        _("The documents name another payee, amount or purpose than the payment."),
        _("Compare payee, amount and purpose with the bill, then send the payment again."),
    ),
    Reason(
        "beyond_need",
        _("More than the documents prove"),
        _("The amount is more than the documents prove."),
        _("Send the amount of the bill, or add the documents for the rest."),
    ),
    Reason(
        "purpose_closed",
        _("Not open to persons"),
        _("What the documents show may not be paid for abroad by persons."),
        _("Ask us which ways are open for it."),
    ),
    Reason(
        "payee_unclear",
        _("Doubts about the payee's details"),
        _("We could not make sure of the payee's details."),
        _("Ask the payee for name, address and account in writing, and send the payment again."),
    ),
    Reason(
        "not_carried",
        _("Cannot be carried out"),
        _("We cannot carry out this payment."),
        _("Your money is back on your account. If you have questions, talk to us at a branch or by telephone."),
    ),
)
