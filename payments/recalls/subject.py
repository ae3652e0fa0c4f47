"""How a disputed movement looks on the review desk."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts import vault
from accounts.identity import kin
from accounts.masks import account_long
from accounts.roles import Role
from accounts.statements import kinds
from core.reviews.subject import Paper, Person, Presentation, Reason, Section, Text, UnknownPaper
from core.ui import formats
from ledger.money import Money
from payments import movements
from payments.recalls import checks, queries
from payments.recalls.models import Dispute
from payments.recalls.reasons_of_desk import REASONS
from payments.recalls.services import disputing


class DisputedMovement:
    """A movement its customer says is not right. `subject_id` is the public id of the dispute."""

    label: Text = gettext_lazy("Disputed movement")
    roles: Sequence[str] = disputing.DECIDES
    leads: Sequence[str] = (Role.APPROVER.value,)

    def present(self, subject_id: str, *, full: bool) -> Presentation:
        dispute = _get(subject_id)
        language = get_language()
        movement = movements.movement_of(dispute.bank_account_id, dispute.number)
        said: list[tuple[Text, Text]] = [
            (gettext_lazy("Customer"), dispute.customer.legal_name),
            (gettext_lazy("What is not right"), dispute.get_about_display()),
            (gettext_lazy("In the customer's words"), dispute.words if full else "••••"),
            (pgettext_lazy("case", "Reference"), dispute.reference),
        ]
        if dispute.expected is not None:
            said.append((gettext_lazy("Amount that would be right"), _money(dispute.expected, dispute.currency)))
        if dispute.froze:
            said.append((gettext_lazy("Access"), gettext_lazy("The customer has locked it with this dispute.")))
        booked: list[tuple[Text, Text]] = [
            (gettext_lazy("Account"), account_long(dispute.bank_account.number)),
            (gettext_lazy("Entry in the books"), str(dispute.entry_id)),
            (gettext_lazy("Amount"), _money(dispute.amount, dispute.currency)),
        ]
        if movement is not None:
            booked += [
                (gettext_lazy("Kind"), movement.called),
                (gettext_lazy("Channel"), kinds.channel(movement.channel)),
                (gettext_lazy("Business date"), formats.day(movement.business_date, language)),
                (gettext_lazy("Details"), movement.narrative if full else "••••"),
            ]
        how = _(
            "Approve when the customer is right, decline with the reason when the movement stands. Approving books "
            "nothing: ask for a booking or a reversal with the reference %(reference)s in its narrative, which another "
            "colleague approves."
        ) % {"reference": dispute.reference}
        return Presentation(
            [
                Section(gettext_lazy("What the customer says"), said),
                Section(gettext_lazy("What is booked"), booked),
                Section(gettext_lazy("What to do"), [(gettext_lazy("Your decision"), how)]),
            ],
            papers=[
                Paper(
                    str(row.position),
                    _("Picture %(number)d") % {"number": row.position},
                    _("A picture the customer added"),
                )
                for row in queries.evidence_of(dispute)
            ],
        )

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:
        found = _get(subject_id).evidence.filter(position=int(name) if name.isdecimal() else 0).first()
        if found is None:
            raise UnknownPaper(name)
        try:
            return "image/jpeg", disputing.picture(found)
        except vault.Unreadable as error:
            raise UnknownPaper(name) from error

    def reasons(self) -> Sequence[Reason]:
        return REASONS

    def check_label(self, name: str) -> Text:
        return checks.LABELS.get(name, name)

    def why(self, code: str) -> Text:
        return code

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        rows = Dispute.objects.select_for_update(of=("self",)) if lock else Dispute.objects
        dispute = rows.get(public_id=subject_id)
        return f"{dispute.state}:{dispute.about}:{dispute.expected}:{dispute.words}"

    def concerns(self, subject_id: str, user: Person) -> bool:
        return bool(_get(subject_id).customer.user_id == user.pk)

    def objection(self, subject_id: str, *, now: datetime) -> Text:  # noqa: ARG002 - it waits for nothing else
        if _get(subject_id).state != Dispute.State.OPEN:
            return _("The customer has taken the dispute back.")
        return ""

    def parties(self, subject_id: str) -> Collection[str]:
        user_id = _get(subject_id).customer.user_id
        return kin.parties_of([user_id]) if user_id else []


def _get(subject_id: str) -> Dispute:
    return Dispute.objects.select_related("customer", "bank_account").get(public_id=subject_id)


def _money(minor: int, currency: str) -> str:
    return str(formats.amount(Money(minor, currency).decimal, currency))
