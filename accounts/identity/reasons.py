"""Why an application is declined: for the desk, and in the words the customer reads."""

from django.utils.translation import gettext_lazy as _

from core.reviews.subject import Reason

REASONS = (
    Reason(
        "photo_unreadable",
        _("A photo cannot be read"),
        _("At least one photo could not be read."),
        _("Take the photos again in daylight, without flash, with all four corners of the card in the picture."),
    ),
    Reason(
        "photo_wrong",
        _("A photo shows something else"),
        _("At least one photo does not show what was asked for."),
        _("Send the portrait side, the emblem side and a photo of your face, each in its own place."),
    ),
    Reason(
        "details_differ",
        _("Details differ from the document"),
        _("What you typed differs from what the document says."),
        _("Compare name, number and dates with the card, character by character, and correct them."),
    ),
    Reason(
        "face_differs",
        _("Face and portrait do not agree"),
        _("We could not recognise you in the photo of your face."),
        _("Take the photo of your face again: from the front, without cap or mask, with light on your face."),
    ),
    Reason(
        "document_expired",
        _("The document has expired"),
        _("Your document has expired."),
        _("Apply again with your new document as soon as you have it."),
    ),
    Reason(
        "document_doubtful",
        _("Doubts about the document"),
        _("We could not confirm your document online."),
        _("Bring the document to a branch counter: there we can look at it together."),
    ),
    Reason(
        "too_young",
        _("Too young"),
        _("You are not yet old enough to open an account online."),
        _("Come to a branch counter together with a parent or guardian."),
    ),
    Reason(
        "already_customer",
        _("Already a customer"),
        _("This identity number already belongs to a customer of ours."),
        _("Sign in with the e-mail you used before. If that was not you, call us."),
    ),
)
