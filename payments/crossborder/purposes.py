"""What money is sent abroad for: the purposes of the statement for buying foreign exchange (SAFE, 2017), and those
that are not open to persons. Pure.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose: its name, what proves it above the quota, what the message says, and why it is refused, if it is."""

    code: str
    label: Promise
    papers: Promise | str
    said: str  # in the message: English, as a correspondent reads it
    iso: str = ""  # external purpose code of ISO 20022, where there is one
    refused: Promise | None = None


PURPOSES: dict[str, Purpose] = {
    one.code: one
    for one in (
        Purpose(
            "study",
            _("Study abroad"),
            _("the admission letter and the school's bill for this period"),
            "STUDY ABROAD",
            "EDUC",
        ),
        Purpose(
            "travel",
            _("Private travel"),
            _("the bill of the hotel or travel agency, and the visa where one is needed"),
            "PRIVATE TRAVEL",
        ),
        Purpose(
            "medical",
            _("Medical treatment abroad"),
            _("the hospital's bill or estimate, and the letter of a doctor"),
            "MEDICAL TREATMENT",
            "MDCS",
        ),
        Purpose(
            "business",
            _("Business travel and training"),
            _("the invitation or the invoice, and the letter of your employer"),
            "BUSINESS TRAVEL",
            "BEXP",
        ),
        Purpose(
            "family",
            _("Visiting and supporting family"),
            _("a proof of kinship, and what the money is needed for"),
            "FAMILY SUPPORT",
        ),
        Purpose("work", _("Working abroad"), _("the work contract and the visa"), "WORK ABROAD"),
        Purpose("goods", _("Buying goods"), _("the contract or invoice, and the customs papers"), "GOODS", "GDDS"),
        Purpose(
            "services",
            _("Advice and other services"),
            _("the contract or invoice, and the tax record above USD 50,000"),
            "SERVICES",
            "SCVE",
        ),
        Purpose(
            "insurance",
            _("Insurance that pays for damage, accident or illness only"),
            _("the policy and the bill for its premium"),
            "NON-LIFE INSURANCE PREMIUM",
            "INSU",
        ),
        Purpose(
            "home",
            _("A home or land abroad"),
            "",
            "",
            refused=_(
                "Money for a home or land abroad cannot be sent: that part of the capital account is not open to "
                "persons. Rent is possible: choose the purpose of your stay."
            ),
        ),
        Purpose(
            "securities",
            _("Shares, bonds, funds or other securities"),
            "",
            "",
            refused=_(
                "Money for securities abroad cannot be sent from here. Persons invest abroad only through the ways "
                "that are open, such as QDII funds and the Stock Connect."
            ),
        ),
        Purpose(
            "life",
            _("Life insurance, or insurance that saves or pays dividends"),
            "",
            "",
            refused=_(
                "Premiums of life insurance and of insurance that saves or pays dividends cannot be sent abroad. "
                "Insurance against damage, accident or illness is possible."
            ),
        ),
    )
}
