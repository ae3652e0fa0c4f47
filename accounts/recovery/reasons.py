"""Why a request is declined: for the desk, and in the words its person reads."""

from django.utils.translation import gettext_lazy as _

from core.reviews.subject import Reason

REASONS = (
    Reason(
        "photo_unreadable",
        _("A photo cannot be read"),
        _("At least one photo could not be read."),
        _("Ask again with photos taken in daylight, without flash, with all four corners of the document."),
    ),
    Reason(
        "face_differs",
        _("Face and document do not agree"),
        _("We could not recognise you in the photo of your face."),
        _("Ask again with a photo from the front, without cap or mask, with light on your face."),
    ),
    Reason(
        "number_differs",
        _("The number is not the verified one"),
        _("The document number is not the one we know."),
        _("Compare it with your document and ask again. If you have a new document, come to a branch counter."),
    ),
    Reason(
        "not_the_person",
        _("Somebody else seems to ask"),
        _("We could not make sure that it is you who asks."),
        _("Come to a branch counter with your document."),
    ),
)
