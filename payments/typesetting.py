"""The receipt as a PDF: tagged for screen readers (PDF/UA-1), both languages, fonts embedded.

Whatever a customer typed reaches the template as data alone (`sys.inputs`, JSON), never as source: a memo that reads
like a command is printed as it was typed.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.numbers import grouped
from accounts.statements import kinds
from core.ui import formats, numerals, typesetting
from ledger.money import Money, exponent
from payments import movements, references
from payments.models import MovementPaper
from payments.movements import Movement
from payments.receipts import Receipt

TEMPLATE = settings.BASE_DIR / "templates" / "payments" / "receipt.typ"
MOVEMENT = settings.BASE_DIR / "templates" / "payments" / "movement.typ"


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


def movement_pdf(
    movement: Movement, *, paper: MovementPaper, customer: Customer, balance: bool, now: datetime
) -> bytes:
    """This function will typeset the receipt of a movement, in both languages; with the balance when it is wished."""
    zone = ZoneInfo(settings.TIME_ZONE)
    printed = now.astimezone(zone)
    spoken = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            spoken[language] = _lines(movement, customer, balance, language)
    url = f"{settings.PUBLIC_URL}{reverse(settings.PAPER_CHECK, args=[paper.verification_code])}"
    values = {
        "bank_zh": settings.BRAND["name"]["zh-hans"],
        "bank_en": settings.BRAND["name"]["en"],
        "phone": settings.BRAND["phone"],
        "entry": str(movement.entry_id),
        "amount": formats.amount(abs(movement.money.decimal), movement.currency),
        "words": numerals.capital(abs(movement.amount), exponent(movement.currency), movement.currency),
        "rows": [
            {"zh": zh[0], "en": en[0], "value_zh": zh[1], "value_en": "" if en[1] == zh[1] else en[1]}
            for zh, en in zip(spoken["zh-hans"], spoken["en"], strict=True)
        ],
        "printed": f"{printed:%Y-%m-%d %H:%M}",
        "code": references.grouped(paper.verification_code),
        "url": url,
        "qr": typesetting.qr_svg(url),
        "demo": "yes" if settings.DEMO else "",
    }
    return typesetting.pdf(template=MOVEMENT, name="receipt", values=values)


def _lines(movement: Movement, customer: Customer, balance: bool, language: str) -> list[tuple[str, str]]:
    """The lines of a movement's paper in the language of the moment, as (label, value)."""
    told = movements.told(movement, customer=customer)
    booked = movement.booked_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    rows = [
        (_("Kind"), told.title or movement.called),
        (_("Account"), grouped(movement.account_number)),
        (_("Direction"), _("Money in") if movement.amount > 0 else _("Money out")),
        *((row.label, row.value or "—") for row in told.rows),
        (_("Details"), movement.narrative or "—"),
        (_("Channel"), kinds.channel(movement.channel)),
        (_("Entry in the books"), f"{movement.entry_id}"),
        (_("Booked at"), f"{formats.day(booked.date(), language)} {booked:%H:%M:%S}"),
        (_("Business date"), formats.day(movement.business_date, language)),
    ]
    if balance:
        rows += [
            (_("Balance before"), formats.amount(movement.before.decimal, movement.currency)),
            (_("Balance after"), formats.amount(movement.after.decimal, movement.currency)),
        ]
    if told.state:
        rows.append((_("State when printed"), told.state))
    if movement.reversed_by is not None:
        rows.append((_("Undone by entry"), f"{movement.reversed_by}"))
    return rows + [(_("Later"), note) for note in movements.notes(movement.entry_id)]
