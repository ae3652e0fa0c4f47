"""How a payment abroad looks on the review desk."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import masks
from accounts.identity import kin, watchlist
from accounts.identity import queries as identity
from accounts.numbers import grouped
from core.reviews.models import Check
from core.reviews.subject import Paper, Person, Presentation, Question, Reason, Section, Text, UnknownPaper
from core.ui import formats
from ledger.calendar import business_date
from ledger.money import Money
from payments.crossborder import countries, files, ibans, queries, sentences
from payments.crossborder.figures import WORTH
from payments.crossborder.models import Payment
from payments.crossborder.purposes import PURPOSES
from payments.crossborder.reasons import REASONS
from payments.crossborder.services import screening
from payments.crossborder.services.confirming import SUBJECT
from payments.crossborder.states import State

HIDDEN = "••••"
LABELS = {
    "watch_list": gettext_lazy("Payee against the watch list"),
    "country": gettext_lazy("Country"),
    "split": gettext_lazy("Several payers to one payee"),
    "ground": gettext_lazy("Quota and ground"),
    "rules": gettext_lazy("Rules against fraud"),
}


class PaymentOnDesk:
    """A payment abroad that people decide. `subject_id` is the public id of the payment."""

    label: Text = gettext_lazy("Payment abroad")
    roles: Sequence[str] = ("reviewer", "approver", "risk_officer", "manager")
    leads: Sequence[str] = ("approver", "risk_officer")

    def present(self, subject_id: str, *, full: bool) -> Presentation:
        payment = _get(subject_id)
        language = get_language() or ""
        number = ibans.shown(payment.payee_number, is_iban=payment.is_iban) if full else _covered(payment.payee_number)
        purpose = PURPOSES[payment.purpose]
        return Presentation(
            sections=[
                Section(
                    _("The payment"),
                    [
                        (_("Reference"), payment.reference),
                        (_("Amount"), _money(payment.amount, payment.currency)),
                        (_("Worth in US dollars"), _money(payment.usd, WORTH)),
                        (_("Taken from the account"), _money(payment.debit, payment.debit_currency)),
                        *([(_("Rate"), sentences.rate(payment))] if payment.rate is not None else []),
                        (_("Fee"), _money(payment.fee, payment.fee_currency)),
                        (_("Fees"), payment.get_charges_display()),
                        (_("Ground"), payment.get_basis_display()),
                        (
                            _("Confirmed at"),
                            sentences.moment(payment.confirmed_at) if payment.confirmed_at else "",
                        ),
                    ],
                ),
                Section(
                    _("What it is for"),
                    [
                        (_("Purpose"), str(purpose.label)),
                        (_("In the payer's words"), payment.purpose_note if full else HIDDEN),
                        (_("What proves it"), str(purpose.papers)),
                        (_("Message to the payee"), (payment.memo or "–") if full else HIDDEN),
                    ],
                ),
                Section(
                    _("Payer"),
                    [
                        (_("Name"), payment.payer_name),
                        (_("Account"), grouped(payment.source.number) if full else _covered(payment.source.number)),
                        *self._used(payment),
                    ],
                ),
                Section(
                    _("Payee"),
                    [
                        (_("Name"), payment.payee_name),
                        (_("Address"), payment.payee_address if full else HIDDEN),
                        (_("Country"), countries.name(payment.payee_country, language)),
                        (_("Bank"), f"{payment.payee_bic} · {countries.name(payment.bank_country, language)}"),
                        (_("Account"), number),
                        (_("On the payer's list since"), sentences.moment(payment.payee.created_at)),
                    ],
                ),
            ],
            papers=[
                Paper(
                    f"{page.paper.public_id}-{page.number}",
                    _("%(name)s, page %(number)d") % {"name": page.paper.name, "number": page.number},
                    _("Picture of a page of a document that the payer sent"),
                )
                for page in queries.pages_of(payment)
            ],
        )

    def _used(self, payment: Payment) -> list[tuple[Text, Text]]:
        """How far the payer has gone in the year of the payment, this one included where it counts."""
        assert payment.business_date is not None  # noqa: S101 - whatever comes to the desk was confirmed
        year = queries.year_of(payment.payer, on=payment.business_date)
        return [
            (_("Quota of the year, used"), _money(year.used, WORTH)),
            (_("Quota of the year, left"), _money(year.left, WORTH)),
        ]

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:
        payment = _get(subject_id)
        page = next(
            (each for each in queries.pages_of(payment) if f"{each.paper.public_id}-{each.number}" == name), None
        )
        if page is None:
            raise UnknownPaper(name)
        try:
            return "image/jpeg", files.read(page.file)
        except files.FileGone as error:
            raise UnknownPaper(name) from error

    def reasons(self) -> Sequence[Reason]:
        return REASONS

    def questions(self) -> Sequence[Question]:
        return ()

    def parties(self, subject_id: str) -> Collection[str]:
        known = identity.approved_one(_get(subject_id).payer)
        return kin.keys_of(known) if known is not None else ()

    def check_label(self, name: str) -> Text:
        return LABELS.get(name, name)

    def why(self, code: str) -> Text:
        return _("“%(check)s” was not clearly in order") % {"check": LABELS.get(code, code)}

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        rows = Payment.objects.select_for_update(of=("self",)) if lock else Payment.objects
        payment = rows.get(public_id=subject_id)
        content = [
            payment.state, payment.amount, payment.currency, payment.debit, payment.fee, payment.charges, payment.basis,
            payment.purpose, hashlib.sha256(payment.purpose_note.encode()).hexdigest(), payment.payee_name,
            payment.payee_bic, payment.payee_number, payment.payee_country,
            [page.digest for page in queries.pages_of(payment)],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def concerns(self, subject_id: str, user: Person) -> bool:
        return bool(_get(subject_id).payer.user_id == user.pk)

    def objection(self, subject_id: str, *, now: datetime) -> Text:
        """Look again at the list in force now: a name that came onto it meanwhile was seen by nobody."""
        payment = _get(subject_id)
        if payment.state != State.REVIEW:
            return _("The payment no longer waits for a decision.")
        edition = watchlist.in_force()
        if edition is None:
            return _("No watch list is in force: nobody can be cleared.")
        check = Check.objects.filter(case__subject=SUBJECT, case__subject_id=subject_id, name="watch_list").first()
        seen = {hit["reference"] for hit in check.evidence.get("hits", [])} if check else set()
        found = screening.hits(name=payment.payee_name, edition=edition, on=business_date(now))
        if any(hit.reference not in seen for hit in found):
            return _("A newer watch list names somebody like the payee whom nobody has looked at yet.")
        return ""


def _get(subject_id: str) -> Payment:
    return Payment.objects.select_related("payer__user", "payee", "source").get(public_id=subject_id)


def _covered(number: str) -> str:
    return f"{masks.STARS} {masks.tail(number)}"


def _money(minor: int, currency: str) -> str:
    value: str = formats.amount(Money(minor, currency).decimal, currency)
    return value
