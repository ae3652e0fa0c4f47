"""The certificate that a relationship has ended, as a PDF in the reader's language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.masks import account_long
from accounts.models import BankAccount, Disposition
from accounts.mydata.models import Closing
from core.ui import formats, typesetting

TEMPLATE = settings.BASE_DIR / "templates" / "mydata" / "certificate.typ"


def certificate(closing: Closing, *, language: str, now: datetime) -> bytes:
    """This function will typeset the certificate of an end that was carried out. Raises ValueError for another."""
    if closing.closed_on is None or closing.keep_until is None or closing.reads_until is None:
        raise ValueError("only an end that was carried out has a certificate")
    customer = closing.customer
    numbers = (
        BankAccount.objects.filter(dispositions__customer=customer, dispositions__role=Disposition.Role.OWNER)
        .order_by("id")
        .values_list("number", "currency")
    )
    with translation.override(language):
        values = {
            "lang": "zh" if formats.is_chinese(language) else "en",
            "bank": settings.BRAND["name"].get(language) or settings.BRAND["name"]["en"],
            "phone": settings.BRAND["phone"],
            "demo": _("Demonstration, no real money") if settings.DEMO else "",
            "title": _("Certificate of closing"),
            "text": _("We confirm that the relationship named here has ended and that its accounts are closed."),
            "rows": [
                [_("Customer"), customer.legal_name],
                [_("Customer number"), str(customer.public_id)],
                [pgettext("case", "Reference"), str(closing.public_id)],
                [
                    _("Accounts"),
                    "\n".join(f"{account_long(number)} · {currency}" for number, currency in numbers) or "–",
                ],
                [_("Asked for on"), _day(closing.asked_at, language)],
                [_("Closed on"), formats.day(closing.closed_on, language)],
                [_("You can read your data until"), formats.day(closing.reads_until, language)],
                [_("Records are kept until"), formats.day(closing.keep_until, language)],
            ],
            "why": _(
                "The law asks us to keep records of identity and transactions for ten years after the end. Until then "
                "they are used for nothing else; afterwards they are deleted."
            ),
            "printed": _("Printed on %(day)s") % {"day": _day(now, language)},
        }
    return typesetting.pdf(template=TEMPLATE, name="certificate", values=values)


def _day(moment: datetime, language: str) -> str:
    return formats.day(moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date(), language)
