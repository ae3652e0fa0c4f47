"""Money a payer asked to have back, and movements a customer says are not right."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.clearing.models import Payment
from payments.crossborder.models import Payment as PaymentAbroad
from payments.models import MOST_MINOR, Transfer
from payments.recalls.reasons import WHYS
from payments.recalls.states import Asked, State


class Recall(models.Model):
    """A payer's request for a payment's money. Its states and what may follow on what: payments.recalls.states.

    At this bank the payee is asked (`transfer`), and what comes back is a transfer of its own (`back`). Another bank is
    asked by message, at home (`payment`) or abroad (`abroad`, through the correspondent that carried it); what comes
    back is the payment's return, which its own room books.
    """

    class States(models.TextChoices):
        ASKED = State.ASKED.value, pgettext_lazy("recall", "Asked for")
        SENT = State.SENT.value, pgettext_lazy("recall", "With the other bank")
        AGREED = State.AGREED.value, pgettext_lazy("recall", "Agreed, money awaited")
        REFUSED = State.REFUSED.value, pgettext_lazy("recall", "Refused")
        UNANSWERED = State.UNANSWERED.value, pgettext_lazy("recall", "No answer")
        RETURNED = State.RETURNED.value, pgettext_lazy("recall", "Money is back")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(pgettext_lazy("case", "reference"), max_length=20, unique=True)
    payer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="recalls")
    transfer = models.OneToOneField(
        "payments.Transfer", on_delete=models.PROTECT, null=True, related_name="recall", verbose_name=_("transfer")
    )
    payment = models.OneToOneField(
        "clearing.Payment", on_delete=models.PROTECT, null=True, related_name="recall", verbose_name=_("payment")
    )
    abroad = models.OneToOneField(
        "crossborder.Payment",
        on_delete=models.PROTECT,
        null=True,
        related_name="recall",
        verbose_name=_("payment abroad"),
    )
    why = models.CharField(_("reason"), max_length=10, choices=[(key, why.label) for key, why in WHYS.items()])
    words = models.CharField(_("words of the payer"), max_length=200, blank=True)
    amount = models.BigIntegerField(_("amount"))  # minor units
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=10, choices=States, default=States.ASKED)
    answer_code = models.CharField(_("code of the answer"), max_length=4, blank=True)
    answer_words = models.CharField(_("words of the answer"), max_length=200, blank=True)
    answer_by = models.DateTimeField(_("answer awaited until"))
    message_id = models.CharField(_("message number"), max_length=35, null=True, unique=True)
    handed_at = models.DateTimeField(_("handed to the other bank at"), null=True)
    back = models.OneToOneField(
        "payments.Transfer",
        on_delete=models.PROTECT,
        null=True,
        related_name="given_back",
        verbose_name=_("booked back"),
    )
    step_up = models.UUIDField(null=True, editable=False)  # the question whose answer gave the payee's word
    asked_at = models.DateTimeField(_("asked at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(transfer__isnull=False, payment__isnull=True, abroad__isnull=True)
                | Q(transfer__isnull=True, payment__isnull=False, abroad__isnull=True)
                | Q(transfer__isnull=True, payment__isnull=True, abroad__isnull=False),
                name="recall_of_one_payment",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST_MINOR), name="recall_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "sent", "agreed"], ended_at__isnull=True)
                | Q(state__in=["refused", "unanswered", "returned"], ended_at__isnull=False),
                name="recall_ended_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(back__isnull=True) | Q(state="returned", transfer__isnull=False),
                name="recall_booked_back_means_returned",
            ),
            models.CheckConstraint(
                condition=Q(transfer__isnull=True) | ~Q(state__in=["sent", "agreed"]),
                name="recall_inside_sends_no_message",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["answer_by"], condition=Q(state__in=["asked", "sent", "agreed"]), name="recall_awaited"
            ),
            models.Index(fields=["id"], condition=Q(state="asked", transfer__isnull=True), name="recall_to_send"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def paid(self) -> Transfer | Payment | PaymentAbroad:
        """The payment whose money is asked back."""
        found = self.transfer or self.payment or self.abroad
        assert found is not None  # noqa: S101 - the table sees to it
        return found

    @property
    def payee_name(self) -> str:
        """Who was paid, as the payer saw it."""
        return self.transfer.shown_name if self.transfer is not None else self._at_a_bank.payee_name

    @property
    def asks(self) -> Asked:
        """Who is asked."""
        if self.transfer_id is not None:
            return Asked.PAYEE
        return Asked.BANK if self.payment_id is not None else Asked.ABROAD

    @property
    def _at_a_bank(self) -> Payment | PaymentAbroad:
        found = self.payment or self.abroad
        assert found is not None  # noqa: S101 - asked of recalls of such a payment alone
        return found


class Step(models.Model):
    """Something that happened to a recall: a state it came to, or what was heard of it without a change."""

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=10, choices=Recall.States)
    heard = models.CharField(_("heard"), max_length=12, blank=True)  # the other side's own word, e.g. RJCR
    code = models.CharField(_("reason code"), max_length=4, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("step of a recall")
        verbose_name_plural = _("steps of recalls")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.recall_id} {self.state}"


class Dispute(models.Model):
    """A movement that a customer says is not right. Decided by people on the review desk, by nobody else.

    open -> upheld | declined   by the desk's decision
    open -> withdrawn           by the customer
    """

    class About(models.TextChoices):
        NOT_MINE = "not_mine", _("I do not recognise it")
        AMOUNT = "amount", _("The amount is wrong")
        TWICE = "twice", _("It was taken twice")
        MISSING = "missing", _("The money has not arrived")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("dispute", "Being looked into")
        UPHELD = "upheld", pgettext_lazy("dispute", "You were right")
        DECLINED = "declined", pgettext_lazy("dispute", "The movement stands")
        WITHDRAWN = "withdrawn", pgettext_lazy("dispute", "Taken back by you")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(pgettext_lazy("case", "reference"), max_length=20, unique=True)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="disputes")
    bank_account = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField(_("line of the account"))
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))  # minor units, as the line has it: credit +, debit −
    currency = models.CharField(_("currency"), max_length=3)
    about = models.CharField(_("what is not right"), max_length=8, choices=About)
    expected = models.BigIntegerField(_("amount that would be right"), null=True)  # minor units
    words = models.CharField(_("words of the customer"), max_length=1000)
    froze = models.BooleanField(_("locked their access with it"), default=False)
    key = models.UUIDField(_("key of the form"), editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    promised_by = models.DateTimeField(_("answer promised by"))
    opened_at = models.DateTimeField(pgettext_lazy("case", "opened at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "key"], name="dispute_one_per_form"),
            models.UniqueConstraint(
                fields=["bank_account", "number"], condition=Q(state="open"), name="dispute_open_once_per_movement"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | Q(state__in=["upheld", "declined", "withdrawn"], ended_at__isnull=False),
                name="dispute_ended_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Evidence(models.Model):
    """A picture that came with a dispute: scanned, made into pixels, sealed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="evidence")
    position = models.PositiveSmallIntegerField(_("number"))
    sealed = models.BinaryField(_("picture"))
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("evidence of a dispute")
        verbose_name_plural = _("evidence of disputes")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["dispute", "position"], name="evidence_once_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id}/{self.position}"
