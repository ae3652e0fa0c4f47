"""Transactions that were searched for, as PDF: what was asked, what it comes to, and each with the balance after it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.numbers import grouped
from accounts.queries import HeldAccount
from accounts.statements import filters, kinds
from accounts.statements.paper import TEMPLATES, frame
from accounts.statements.queries import Movement, Totals
from core.ui import formats, typesetting
from ledger.money import Money


def pdf(
    lines: Iterable[Movement],
    *,
    account: HeldAccount,
    holder: str,
    query: Mapping[str, str],
    totals: Totals,
    language: str,
    now: datetime,
    part: tuple[int, int] = (1, 1),
) -> bytes:
    """This function will typeset movements, newest first.

    `totals` are of all of them; `part` says which paper this is, and of how many.
    """

    def money(minor: int, signed: str = "auto") -> str:
        return formats.amount(Money(minor, account.currency).decimal, account.currency, signed=signed)

    with translation.override(language):
        title = _("Transactions")
        if part[1] > 1:
            title = _("Transactions, part %(number)d of %(all)d") % {"number": part[0], "all": part[1]}
        values = {
            **frame(language, now),
            "title": title,
            "facts": [
                [_("Account holder"), holder],
                [_("Account number"), grouped(account.number)],
                *([label, value] for label, value in filters.described(query)),
            ],
            "sums": [
                [_("Number of transactions"), f"{totals.count:,}"],
                [_("Money in"), money(totals.money_in, "always")],
                [_("Money out"), money(-totals.money_out)],
                [_("Currency"), account.currency],
            ],
            "heads": [_("Date"), _("Details"), _("Amount"), _("Balance")],
            "rows": [
                [
                    formats.short_day(line.business_date, language),
                    kinds.label(line.kind),
                    " · ".join(text for text in (kinds.channel(line.channel), line.narrative) if text),
                    money(line.amount, "always"),
                    money(line.balance_after),
                ]
                for line in lines
            ],
            "note": _(
                "This is a list of what was searched for, newest first. The balance after a transaction counts those "
                "too that are not listed."
            ),
        }
    return typesetting.pdf(template=TEMPLATES / "statement.typ", name="statement", values=values)
