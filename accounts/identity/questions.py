"""What an applicant may be asked while a reviewer looks: for the desk, and in the words they read."""

from django.utils.translation import gettext_lazy as _

from core.reviews.subject import Question

QUESTIONS = (
    Question(
        "address_unclear",
        _("The address is not clear"),
        _("Which is your full address, with street, building and flat?"),
        _("Write it as a letter to you would carry it."),
    ),
    Question(
        "name_spelling",
        _("The name needs an explanation"),
        _("How is your name written on your document, character by character?"),
        _("If a character is rare, tell us how it is put together, for example 王 and 玉 side by side."),
    ),
    Question(
        "occupation_detail",
        _("Occupation in more detail"),
        _("What do you do for a living, and for whom?"),
        _("Your job and the name of the company or institution are enough."),
    ),
    Question(
        "income_source",
        _("Where the income comes from"),
        _("Where does your income come from?"),
        _("For example wages, a pension, your own business, or your family."),
    ),
    Question(
        "purpose",
        _("What the account is for"),
        _("What do you want to use the account for?"),
        _("For example wages, daily shopping, savings, or rent."),
    ),
)
BY_CODE = {question.code: question for question in QUESTIONS}
