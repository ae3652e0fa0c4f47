"""How an alert looks on the review desk."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.identity import kin
from accounts.masks import account_long
from accounts.roles import Role
from core.reviews.subject import Person, Presentation, Reason, Section, Text, UnknownPaper
from core.ui import formats
from payments import names
from payments.clearing import allowance
from payments.clearing.models import Payment
from payments.clearing.notices import bank_name
from payments.crossborder import countries
from payments.crossborder.models import Payment as PaymentAbroad
from payments.crossborder.services import confirming
from payments.models import Holding, Transfer
from payments.monitoring import rules, words
from payments.monitoring.handlers import DECIDES
from payments.monitoring.models import OUTCOMES, Alert
from payments.monitoring.reasons import REASONS
from payments.schedules.models import Occurrence

Paid = Transfer | Payment | PaymentAbroad
LAST = 10
HOW: Text = gettext_lazy(
    "Talk to the customer first, on a number the bank knows. Approve when the payment is in order: what is held goes "
    "at once. Decline with the reason when it is not: what is held comes back. The customer reads neither the rules "
    "nor that anything was suspected."
)


class AlertOnDesk:
    """A payment that rules have noticed. `subject_id` is the public id of the alert."""

    label: Text = gettext_lazy("Payment alert")
    roles: Sequence[str] = DECIDES
    leads: Sequence[str] = (Role.APPROVER.value, Role.RISK_OFFICER.value)

    def present(self, subject_id: str, *, full: bool) -> Presentation:
        alert = _get(subject_id)
        paid = _paid(alert)
        payment: list[tuple[Text, Text]] = [
            (_("Amount"), _amount(alert, paid)),
            (_("Payer"), alert.payer.legal_name),
            (_("From"), account_long(paid.source.number)),
            (_("To"), _to(paid, full=full)),
            (_("Purpose"), (paid.memo or "–") if full else "••••"),
            (_("Judged at"), _moment(alert.judged_at)),
        ]
        payment += _known(paid) + _agreed(paid)
        return Presentation(
            [
                Section(_("The payment"), payment),
                Section(_("How it stands"), self._stands(alert, paid)),
                Section(_("The payer's last payments"), self._last(alert) if full else [(_("Payments"), "••••")]),
                Section(_("What to do"), [(_("Your decision"), HOW)]),
            ],
            papers=[],
        )

    def _stands(self, alert: Alert, paid: Paid) -> list[tuple[Text, Text]]:
        rows: list[tuple[Text, Text]] = [
            (_("Payment"), paid.get_state_display()),
            (_("What the rules asked for"), OUTCOMES[alert.outcome]),
            (_("Points"), str(alert.points)),
        ]
        held = Holding.objects.filter(payment=alert.payment).first()
        if held is not None and held.state == Holding.State.HELD:
            rows.append((_("Held until"), _moment(held.until)))
        elif held is not None and held.ended_at is not None:
            rows.append((_("Ended"), f"{_moment(held.ended_at)} · {held.get_ended_by_display()}"))
        return rows

    def _last(self, alert: Alert) -> list[tuple[Text, Text]]:
        here: Any = (
            Transfer.objects.filter(payer_id=alert.payer_id, state=Transfer.State.CONFIRMED, confirmed_at__isnull=False)
            .exclude(public_id=alert.payment)
            .order_by("-confirmed_at")
            .values_list("confirmed_at", "amount", "currency", "shown_name")[:LAST]
        )
        elsewhere: Any = (
            Payment.objects.filter(payer_id=alert.payer_id, confirmed_at__isnull=False)
            .exclude(public_id=alert.payment)
            .order_by("-confirmed_at")
            .values_list("confirmed_at", "amount", "currency", "payee_name")[:LAST]
        )
        abroad: Any = (
            PaymentAbroad.objects.filter(payer_id=alert.payer_id, confirmed_at__isnull=False)
            .exclude(public_id=alert.payment)
            .order_by("-confirmed_at")
            .values_list("confirmed_at", "amount", "currency", "payee_name")[:LAST]
        )
        made = sorted([*here, *elsewhere, *abroad], reverse=True)[:LAST]  # those confirmed have a moment
        return [(_moment(at), f"{words.money(amount, currency)} · {name}") for at, amount, currency, name in made] or [
            (_("Payments"), _("None before this one"))
        ]

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:
        raise UnknownPaper(f"{subject_id}: {name}")

    def reasons(self) -> Sequence[Reason]:
        return REASONS

    def check_label(self, name: str) -> Text:
        version = rules.newest(name)
        return f"{name} · {version.title}" if version else name

    def why(self, code: str) -> Text:
        return code

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        rows = Alert.objects.select_for_update() if lock else Alert.objects
        alert = rows.get(public_id=subject_id)
        held = Holding.objects.filter(payment=alert.payment).values_list("state", flat=True).first()
        return f"{alert.verdict}:{held}"

    def concerns(self, subject_id: str, user: Person) -> bool:
        return bool(_get(subject_id).payer.user_id == user.pk)

    def objection(self, subject_id: str, *, now: datetime) -> Text:  # noqa: ARG002 - it waits for nothing else
        return _("This alert has been decided.") if _get(subject_id).verdict else ""

    def parties(self, subject_id: str) -> Collection[str]:
        user_id = _get(subject_id).payer.user_id
        return kin.parties_of([user_id]) if user_id else []


def _amount(alert: Alert, paid: Paid) -> str:
    """What is paid; of a payment abroad also what the rules compare, its worth in yuan."""
    judged = words.money(alert.amount, alert.currency)
    if not isinstance(paid, PaymentAbroad) or paid.currency == alert.currency:
        return judged
    return _("%(amount)s, worth %(worth)s") % {"amount": words.money(paid.amount, paid.currency), "worth": judged}


def _moment(value: datetime) -> str:
    return formats.moment(timezone.localtime(value), get_language())


def _get(subject_id: str) -> Alert:
    return Alert.objects.select_related("payer").get(public_id=subject_id)


def _paid(alert: Alert) -> Paid:
    """Read the payment that the alert is about, here, to another bank or abroad."""
    if alert.kind == confirming.KIND:
        return PaymentAbroad.objects.select_related("source", "payee").get(public_id=alert.payment)
    if alert.kind == allowance.KIND:
        return Payment.objects.select_related("source").get(public_id=alert.payment)
    return Transfer.objects.select_related("source", "destination", "payee").get(public_id=alert.payment)


def _to(paid: Paid, *, full: bool) -> str:
    if isinstance(paid, PaymentAbroad):
        name = paid.payee_name if full else names.masked(paid.payee_name)
        country = countries.name(paid.bank_country, get_language() or "en")
        return f"{name} · {account_long(paid.payee_number)} · {paid.payee_bic}, {country}"
    if isinstance(paid, Payment):
        name = paid.payee_name if full else names.masked(paid.payee_name)
        return f"{name} · {account_long(paid.payee_number)} · {bank_name(paid.payee_bank)}"
    return f"{paid.payee_name if full else paid.shown_name} · {account_long(paid.destination.number)}"


def _known(paid: Paid) -> list[tuple[Text, Text]]:
    """Since when the payer knows the payee, where they do."""
    if isinstance(paid, PaymentAbroad):
        return [(_("On the payer's list since"), _moment(paid.payee.created_at))]
    if isinstance(paid, Payment):
        first = allowance.known_since(payer_id=paid.payer_id, bank=paid.payee_bank, number=paid.payee_number)
        return [(_("First paid by this payer"), _moment(first))] if first else []
    if paid.payee is None or paid.payee.confirmed_at is None:
        return []
    return [(_("On the payer's list since"), _moment(paid.payee.confirmed_at))]


def _agreed(paid: Paid) -> list[tuple[Text, Text]]:
    """When the order was agreed to that the payment follows from, where it does."""
    if isinstance(paid, PaymentAbroad):
        return []
    which = {"transfer": paid} if isinstance(paid, Transfer) else {"payment": paid}
    date = Occurrence.objects.select_related("schedule").filter(**which).first()
    return [(_("By an order agreed on"), _moment(date.schedule.created_at))] if date else []
