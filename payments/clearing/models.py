"""Payments to other banks, the files they travel in, the nostro's statements, and what waits for repair."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.clearing.paths import Mode, Path
from payments.clearing.states import State
from payments.kept import KeptPayee

MOST_MINOR = 10**17  # as the books' lines


class OtherPayee(KeptPayee):
    """Somebody with an account at another bank, kept by a customer who pays them. Removed means archived."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="other_payees")
    bank_code = models.CharField(_("bank number"), max_length=12)
    number = models.CharField(_("account number"), max_length=32)
    name = models.CharField(_("payee's name"), max_length=120)
    created_at = models.DateTimeField(_("created at"))
    archived_at = models.DateTimeField(_("removed at"), null=True)

    class Meta:
        verbose_name = _("payee at another bank")
        verbose_name_plural = _("payees at other banks")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer", "bank_code", "number"],
                condition=Q(archived_at__isnull=True),
                name="other_payee_once_per_owner",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.bank_code})"


class Batch(models.Model):
    """One message to the gateway, with the bytes that were written, so that a repeat sends the same."""

    message_id = models.CharField(_("message number"), max_length=35, unique=True)
    path = models.CharField(_("path"), max_length=4, choices=[(path.value, path.value.upper()) for path in Path])
    content = models.BinaryField(_("message"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    handed_at = models.DateTimeField(_("handed over at"), null=True)

    class Meta:
        verbose_name = _("message to the gateway")
        verbose_name_plural = _("messages to the gateway")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.message_id


class Payment(models.Model):
    """Money a customer sends to another bank. Its states and what may follow on what: payments.clearing.states."""

    class States(models.TextChoices):
        DRAFT = State.DRAFT.value, _("Waiting for confirmation")
        VOID = State.VOID.value, _("Void")
        HELD = State.HELD.value, pgettext_lazy("payment", "Held")
        STOPPED = State.STOPPED.value, _("Not sent")
        ACCEPTED = State.ACCEPTED.value, _("Accepted")
        REVOKED = State.REVOKED.value, _("Taken back")
        SENT = State.SENT.value, _("On its way")
        CHECKING = State.CHECKING.value, _("Being checked")
        SETTLED = State.SETTLED.value, _("Arrived")
        REJECTED = State.REJECTED.value, pgettext_lazy("payment", "Refused by the other bank")
        RETURNED = State.RETURNED.value, _("Sent back")

    class Modes(models.TextChoices):
        REAL_TIME = Mode.REAL_TIME.value, _("At once")
        ORDINARY = Mode.ORDINARY.value, _("After two hours")
        NEXT_DAY = Mode.NEXT_DAY.value, _("On the next day")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    payer = models.ForeignKey(
        "accounts.Customer", on_delete=models.PROTECT, related_name="bank_payments", db_index=False
    )
    source = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+", db_index=False)
    payer_name = models.CharField(_("payer's name"), max_length=120)
    payee_bank = models.CharField(_("bank number"), max_length=12)
    payee_number = models.CharField(_("payee's account"), max_length=32)
    payee_name = models.CharField(_("payee's name"), max_length=120)
    keep_payee = models.BooleanField(_("keep the payee"), default=False)
    amount = models.BigIntegerField(_("amount"))  # minor units
    currency = models.CharField(_("currency"), max_length=3)
    memo = models.CharField(_("memo"), max_length=100, blank=True)
    mode = models.CharField(_("mode"), max_length=9, choices=Modes)
    # What was promised: on the check page for the modes with a date, at the confirmation for those at once.
    path = models.CharField(_("path"), max_length=4, choices=[(path.value, path.value.upper()) for path in Path])
    execute_at = models.DateTimeField(_("leaves at"))
    promised_by = models.DateTimeField(_("promised by"))
    state = models.CharField(_("state"), max_length=9, choices=States, default=States.DRAFT)
    key = models.UUIDField(_("key of the form"), editable=False)
    step_up = models.UUIDField(null=True, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="payments")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    settlement = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    reversal = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    reason_code = models.CharField(_("reason code"), max_length=4, blank=True)
    business_date = models.DateField(_("business date"), null=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("void after"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    queried_at = models.DateTimeField(_("last asked about"), null=True)
    settled_at = models.DateTimeField(pgettext_lazy("clearing", "settled at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)  # came back: revoked, rejected, returned

    class Meta:
        verbose_name = _("payment to another bank")
        verbose_name_plural = _("payments to other banks")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["payer", "key"], condition=~Q(state="void"), name="bank_payment_one_per_form"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=MOST_MINOR), name="bank_payment_moves_something"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "void", "held", "stopped"], entry__isnull=True, confirmed_at__isnull=True
                )
                | Q(
                    ~Q(state__in=["draft", "void", "held", "stopped"]),
                    entry__isnull=False,
                    confirmed_at__isnull=False,
                    business_date__isnull=False,
                ),
                name="bank_payment_confirmed_means_booked",
            ),
            models.CheckConstraint(
                condition=Q(state="settled", settlement__isnull=False)
                | Q(state="returned")
                | Q(~Q(state__in=["settled", "returned"]), settlement__isnull=True),
                name="bank_payment_settled_means_booked",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["revoked", "rejected", "returned"], reversal__isnull=False, ended_at__isnull=False
                )
                | Q(~Q(state__in=["revoked", "rejected", "returned"]), reversal__isnull=True, ended_at__isnull=True),
                name="bank_payment_back_means_booked",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["payer", "business_date"],
                include=["currency", "amount"],
                condition=~Q(state__in=["draft", "void", "revoked", "rejected"]),
                name="bank_payment_used_limits",
            ),
            models.Index(fields=["execute_at"], condition=Q(state="accepted"), name="bank_payment_to_send"),
            models.Index(
                fields=["sent_at"], condition=Q(state__in=["sent", "checking"]), name="bank_payment_unanswered"
            ),
            models.Index(fields=["expires_at"], condition=Q(state="draft"), name="bank_payment_open_drafts"),
        ]

    def __str__(self) -> str:
        return self.reference


class InboundFile(models.Model):
    """A file from the gateway, as it came. Taken in once; what is refused is kept too, and why."""

    class State(models.TextChoices):
        TAKEN = "taken", pgettext_lazy("file", "Taken in")
        REFUSED = "refused", pgettext_lazy("file", "Refused")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("file name"), max_length=120)
    digest = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    size = models.BigIntegerField(_("size in bytes"))
    content = models.BinaryField(_("content"))  # empty when it was too large to keep
    state = models.CharField(_("state"), max_length=7, choices=State)
    cause = models.CharField(_("cause"), max_length=20, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=9, blank=True)
    # Who wrote it, where more than one may; each counts its own messages. Empty: the clearing system.
    sender = models.CharField(_("sender"), max_length=11, blank=True, db_default="")
    message_id = models.CharField(_("message number"), max_length=35, blank=True)
    deliveries = models.PositiveIntegerField(_("times delivered"), default=1)
    received_at = models.DateTimeField(_("received at"))
    last_at = models.DateTimeField(_("last delivered at"))

    class Meta:
        verbose_name = _("file from the gateway")
        verbose_name_plural = _("files from the gateway")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest"], condition=Q(state="taken"), name="inbound_content_taken_once"),
            models.UniqueConstraint(
                fields=["kind", "sender", "message_id"],
                condition=Q(state="taken"),
                name="inbound_message_of_sender_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Step(models.Model):
    """Something that happened to a payment: a state it came to, or what was heard of it without a change."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=9, choices=Payment.States)
    heard = models.CharField(_("heard"), max_length=12, blank=True)  # the other side's own status, e.g. ACSP
    code = models.CharField(_("reason code"), max_length=4, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    file = models.ForeignKey(InboundFile, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("step of a payment")
        verbose_name_plural = _("steps of payments")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.payment_id} {self.state}"


class Statement(models.Model):
    """A statement of our account with the correspondent bank, and how it compared with the books."""

    file = models.ForeignKey(InboundFile, on_delete=models.PROTECT, related_name="statements")
    number = models.CharField(_("number"), max_length=35)
    sequence = models.BigIntegerField(_("sequence"))
    account = models.CharField(_("account"), max_length=34)
    currency = models.CharField(_("currency"), max_length=3)
    opening = models.BigIntegerField(_("opening balance"))
    closing = models.BigIntegerField(_("closing balance"))
    closes_on = models.DateField(_("closes on"))
    # The comparison, once every statement before it is there: closing = books + outstanding + open + unexplained.
    books = models.BigIntegerField(_("in our books"), null=True)
    outstanding = models.BigIntegerField(_("booked by us, not yet on a statement"), null=True)
    open = models.BigIntegerField(_("on statements, not yet booked by us"), null=True)
    unexplained = models.BigIntegerField(_("unexplained"), null=True)
    compared_at = models.DateTimeField(_("compared at"), null=True)

    class Meta:
        verbose_name = _("statement of the nostro")
        verbose_name_plural = _("statements of the nostro")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "number"], name="nostro_statement_once"),
            models.UniqueConstraint(fields=["account", "sequence"], name="nostro_statement_in_sequence"),
        ]

    def __str__(self) -> str:
        return self.number


class StatementEntry(models.Model):
    """A line of a statement: matched with a payment's own movement, repaired by people, or still open."""

    class Movement(models.TextChoices):
        SETTLEMENT = "settlement", _("Settlement")
        RETURN = "return", _("Return")

    class State(models.TextChoices):
        MATCHED = "matched", pgettext_lazy("entry", "Matched")
        OPEN = "open", pgettext_lazy("entry", "Open")
        REPAIRED = "repaired", pgettext_lazy("entry", "Repaired")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField(pgettext_lazy("statement", "line"))
    amount = models.BigIntegerField(_("amount"))  # credit +, debit −
    reference = models.CharField(pgettext_lazy("statement line", "reference"), max_length=35, blank=True)
    bank_reference = models.CharField(_("the bank's reference"), max_length=35, blank=True)
    text = models.CharField(_("text"), max_length=200, blank=True)
    booked_on = models.DateField(_("booked on"))
    state = models.CharField(_("state"), max_length=8, choices=State)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="statement_entries")
    # Where the payment is one of another room (abroad), its reference: that room knows it.
    matched_with = models.CharField(_("reference of the payment"), max_length=20, blank=True, db_default="")
    movement = models.CharField(_("movement"), max_length=10, choices=Movement, blank=True)
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("entry of a statement")
        verbose_name_plural = _("entries of statements")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["statement", "position"], name="nostro_entry_position"),
            models.UniqueConstraint(
                fields=["payment", "movement"], condition=Q(state="matched"), name="nostro_movement_matched_once"
            ),
            models.UniqueConstraint(
                fields=["matched_with", "movement"],
                condition=Q(state="matched") & ~Q(matched_with=""),
                name="nostro_movement_elsewhere_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="matched")
                | Q(
                    Q(payment__isnull=False, matched_with="") | Q(Q(payment__isnull=True), ~Q(matched_with="")),
                    movement__in=["settlement", "return"],
                ),
                name="nostro_match_names_its_movement",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["statement"], condition=Q(state="open"), name="nostro_open_entries")
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.position}"


class RepairItem(models.Model):
    """Something the machine cannot settle: it waits for people, who ask for an action that others approve."""

    class Kind(models.TextChoices):
        ENTRY = "entry", _("Entry of a statement")
        MESSAGE = "message", _("Status or return")
        FILE = "file", _("File")
        BOOKS = "books", _("Books and statement")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("repair", "Open")
        REPAIRED = "repaired", pgettext_lazy("repair", "Repaired")

    class Action(models.TextChoices):
        MATCH = "match", _("Match with a payment")
        RETURN = "return", _("Give the money to the customer")
        SUSPENSE = "suspense", _("Keep it in suspense")
        CLOSE = "close", _("Close: nothing is to be booked")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    # Whose payments it is about, where they are not this room's own: a key of settings.REPAIR_ROOMS.
    room = models.CharField(_("area"), max_length=20, blank=True, db_default="")
    cause = models.CharField(_("cause"), max_length=20)
    reference = models.CharField(pgettext_lazy("statement line", "reference"), max_length=35, blank=True)
    amount = models.BigIntegerField(_("amount"), null=True)  # minor units; credit of the nostro +
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    said = models.CharField(_("what came"), max_length=300, blank=True)
    file = models.ForeignKey(InboundFile, on_delete=models.PROTECT, null=True, related_name="repairs")
    statement_entry = models.OneToOneField(StatementEntry, on_delete=models.PROTECT, null=True, related_name="repair")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="repairs")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    action = models.CharField(_("action"), max_length=8, choices=Action, blank=True)
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(pgettext_lazy("repair", "opened at"))
    repaired_at = models.DateTimeField(_("repaired at"), null=True)

    class Meta:
        verbose_name = _("item for repair")
        verbose_name_plural = _("items for repair")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="open", repaired_at__isnull=True, action="")
                | Q(Q(state="repaired", repaired_at__isnull=False), ~Q(action="")),
                name="repair_state_has_its_action",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["opened_at"], condition=Q(state="open"), name="repair_open")
        ]

    def __str__(self) -> str:
        return self.reference or f"#{self.pk}"
