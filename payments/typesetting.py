"""The receipt as a PDF: tagged for screen readers (PDF/UA-1), both languages, fonts embedded.

Whatever a customer typed reaches the template as data alone (`sys.inputs`, JSON), never as source: a memo that reads
like a command is printed as it was typed.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from core.ui import formats, numerals, typesetting
from ledger.money import Money, exponent
from payments.receipts import Receipt

TEMPLATE = settings.BASE_DIR / "templates" / "payments" / "receipt.typ"


def receipt_pdf(receipt: Receipt, *, now: datetime) -> bytes:
    """This function will typeset a receipt.

    A character that no font here can draw (an emoji in a memo, the rarest of Han characters) would make the PDF
    unreadable to a screen reader; it is then printed by its number, 〔U+1F600〕, so that nothing is lost or guessed.
    """
    return typesetting.pdf(template=TEMPLATE, name="receipt", values=_values(receipt, now))


def _values(receipt: Receipt, now: datetime) -> dict[str, str]:
    transfer = receipt.transfer
    if transfer.confirmed_at is None or transfer.business_date is None:
        raise ValueError("only a confirmed transfer has a receipt")
    zone = ZoneInfo(settings.TIME_ZONE)
    done, printed = transfer.confirmed_at.astimezone(zone), now.astimezone(zone)
    return {
        "bank_zh": settings.BRAND["name"]["zh-hans"],
        "bank_en": settings.BRAND["name"]["en"],
        "phone": settings.BRAND["phone"],
        "reference": transfer.reference,
        "amount": formats.amount(transfer.money.decimal, transfer.currency),
        "fee": formats.amount(Money.zero(transfer.currency).decimal, transfer.currency),
        "words": numerals.capital(transfer.amount, exponent(transfer.currency), transfer.currency),
        "payer_name": receipt.payer_name,
        "payer_number": receipt.payer_number,
        "payee_name": receipt.payee_name,
        "payee_number": receipt.payee_number,
        "memo": transfer.memo,
        "done_zh": f"{formats.day(done.date(), 'zh-hans')} {done:%H:%M:%S}",
        "done_en": f"{formats.day(done.date(), 'en')}, {done:%H:%M:%S}",
        "date_zh": formats.day(transfer.business_date, "zh-hans"),
        "date_en": formats.day(transfer.business_date, "en"),
        "printed": f"{printed:%Y-%m-%d %H:%M}",
        "code": receipt.code_grouped,
        "url": receipt.check_url,
        "qr": typesetting.qr_svg(receipt.check_url),
        "demo": "yes" if settings.DEMO else "",
    }
