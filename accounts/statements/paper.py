"""Statements and certificates as PDF, in the reader's language: tagged for screen readers, fonts embedded."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import paper_codes
from accounts.numbers import grouped
from accounts.queries import HeldAccount
from accounts.statements import kinds, papers
from accounts.statements.models import BalanceCertificate, MonthlyStatement
from core.ui import formats, numerals, typesetting
from ledger.money import Money, exponent

TEMPLATES = settings.BASE_DIR / "templates" / "statements"


def statement_pdf(
    statement: MonthlyStatement, *, account: HeldAccount, holder: str, language: str, now: datetime
) -> bytes:
    """This function will typeset a month's statement with the balance after each movement, oldest first."""

    def money(minor: int, signed: str = "auto") -> str:
        return formats.amount(Money(minor, account.currency).decimal, account.currency, signed=signed)

    with translation.override(language):
        month = formats.month(statement.month, language)
        values = {
            **frame(language, now),
            "title": _("Statement for %(month)s") % {"month": month},
            "facts": [
                [_("Account holder"), holder],
                [_("Account number"), grouped(account.number)],
                [_("Account"), str(account.name)],
                [_("Currency"), account.currency],
            ],
            "sums": [
                [_("Opening balance"), money(statement.opening)],
                [_("Money in"), money(statement.money_in, "always")],
                [_("Money out"), money(-statement.money_out)],
                [_("Closing balance"), money(statement.closing)],
            ],
            "heads": [_("Date"), _("Details"), _("Amount"), _("Balance")],
            "rows": [
                [
                    formats.short_day(line.business_date, language),
                    kinds.label(line.kind),
                    " · ".join(part for part in (kinds.channel(line.channel), line.narrative) if part),
                    money(line.amount, "always"),
                    money(line.balance_after),
                ]
                for line in papers.lines_of(account, statement)
            ],
            "note": _(
                "Movements that were booked after this statement was issued stand on the next one. Compare it with "
                "your own records and call us if something differs."
            ),
        }
    return typesetting.pdf(template=TEMPLATES / "statement.typ", name="statement", values=values)


def certificate_pdf(certificate: BalanceCertificate, *, check_url: str, language: str, now: datetime) -> bytes:
    """This function will typeset a certificate of balance with its code, and each amount in words where the reader's
    language has a way of writing it."""
    with translation.override(language):
        values = {
            **frame(language, now),
            "title": _("Certificate of balance"),
            "text": _("We certify that these balances were booked on the accounts of %(holder)s at the end of %(day)s.")
            % {"holder": certificate.holder, "day": formats.day(certificate.at_end_of, language)},
            "heads": [_("Account number"), _("Currency"), _("Balance")],
            "rows": [
                [
                    grouped(one["number"]),
                    one["currency"],
                    formats.amount(Money(one["balance"], one["currency"]).decimal, one["currency"]),
                    _in_words(one["balance"], one["currency"], language),
                ]
                for one in certificate.balances
            ],
            "issued": _("Issued on %(day)s") % {"day": formats.day(_local(certificate.issued_at).date(), language)},
            "check_title": _("Check this certificate"),
            "check_text": _(
                "Scan the code or open the address below. Day and balances there must be those printed here."
            ),
            "code_title": _("Verification code"),
            "code": paper_codes.grouped(certificate.code),
            "url": check_url,
            "qr": typesetting.qr_svg(check_url),
            "qr_says": _("QR code: opens the page that checks this certificate"),
        }
    return typesetting.pdf(template=TEMPLATES / "balance.typ", name="balance", values=values)


def frame(language: str, now: datetime) -> dict[str, Any]:
    """This function will give what stands around the content of every paper."""
    return {
        "lang": "zh" if formats.is_chinese(language) else "en",
        "bank": settings.BRAND["name"].get(language) or settings.BRAND["name"]["en"],
        "phone": settings.BRAND["phone"],
        "demo": _("Demonstration, no real money") if settings.DEMO else "",
        "printed": _("Printed on %(day)s") % {"day": formats.day(_local(now).date(), language)},
        "page": _("Page"),
    }


def _in_words(minor: int, currency: str, language: str) -> str:
    if minor < 0 or not formats.is_chinese(language):
        return ""
    return numerals.capital(minor, exponent(currency), currency)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE))
