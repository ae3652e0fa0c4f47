"""Payees abroad, payments to them, the papers that prove what they are for, and the messages they leave in."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.crossborder.fees import Charges
from payments.crossborder.purposes import PURPOSES
from payments.crossborder.quota import Basis
from payments.crossborder.states import State
from payments.kept import KeptPayee

MOST_MINOR = 10**17  # as the books' lines


class PayeeAbroad(KeptPayee):
    """Somebody with an account abroad, kept by a customer who pays them. Removed means archived."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="payees_abroad")
    name = models.CharField(_("payee's name"), max_length=120)
    address = models.CharField(_("address"), max_length=140)
    country = models.CharField(_("country where the payee lives"), max_length=2)
    bank_country = models.CharField(_("country of the bank"), max_length=2)
    is_iban = models.BooleanField(_("the number is an IBAN"))
    number = models.CharField(_("account number"), max_length=34)
    bic = models.CharField(_("BIC"), max_length=11)
    bank_name = models.CharField(_("bank"), max_length=140, blank=True)
    key = models.UUIDField(_("key of the form"), editable=False)
    created_at = models.DateTimeField(_("created at"))
    archived_at = models.DateTimeField(_("removed at"), null=True)

    class Meta:
        verbose_name = _("payee abroad")
        verbose_name_plural = _("payees abroad")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer", "bic", "number"],
                condition=Q(archived_at__isnull=True),
                name="payee_abroad_once_per_owner",
            ),
            models.UniqueConstraint(fields=["customer", "key"], name="payee_abroad_one_per_form"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.bic})"


class Message(models.Model):
    """One message to a correspondent bank, with the bytes that were written, so that a repeat sends the same."""

    message_id = models.CharField(_("message number"), max_length=35, unique=True)
    currency = models.CharField(_("currency"), max_length=3)
    correspondent = models.CharField(_("correspondent bank"), max_length=11)
    content = models.BinaryField(_("message"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    handed_at = models.DateTimeField(_("handed over at"), null=True)

    class Meta:
        verbose_name = _("message to a correspondent bank")
        verbose_name_plural = _("messages to correspondent banks")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.message_id


class Payment(models.Model):
    """Money a customer sends abroad. Its states and what may follow on what: payments.crossborder.states."""

    class States(models.TextChoices):
        DRAFT = State.DRAFT.value, _("Waiting for confirmation")
        VOID = State.VOID.value, _("Void")
        ACCEPTED = State.ACCEPTED.value, _("Accepted")
        REVIEW = State.REVIEW.value, _("Being looked at")
        READY = State.READY.value, pgettext_lazy("payment", "Ready to leave")
        SENT = State.SENT.value, pgettext_lazy("payment", "Sent abroad")
        ARRIVED = State.ARRIVED.value, _("Arrived")
        REJECTED = State.REJECTED.value, pgettext_lazy("payment", "Not carried out abroad")
        RETURNED = State.RETURNED.value, _("Sent back")
        REFUSED = State.REFUSED.value, pgettext_lazy("payment", "Refused by us")
        REVOKED = State.REVOKED.value, _("Taken back")

    class Bearers(models.TextChoices):
        OUR = Charges.OUR.value, _("I pay all fees (OUR)")
        SHA = Charges.SHA.value, _("Each pays their own side (SHA)")
        BEN = Charges.BEN.value, _("The payee pays all fees (BEN)")

    class Grounds(models.TextChoices):
        QUOTA = Basis.QUOTA.value, _("Within the yearly quota")
        OWN = Basis.OWN.value, _("Own foreign currency")
        PAPERS = Basis.PAPERS.value, _("Proven by documents")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    payer = models.ForeignKey(
        "accounts.Customer", on_delete=models.PROTECT, related_name="payments_abroad", db_index=False
    )
    source = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+", db_index=False)
    payee = models.ForeignKey(PayeeAbroad, on_delete=models.PROTECT, related_name="payments")
    # Frozen as the payer saw it.
    payer_name = models.CharField(_("payer's name"), max_length=120)
    payee_name = models.CharField(_("payee's name"), max_length=120)
    payee_address = models.CharField(_("address"), max_length=140)
    payee_country = models.CharField(_("country where the payee lives"), max_length=2)
    bank_country = models.CharField(_("country of the bank"), max_length=2)
    is_iban = models.BooleanField(_("the number is an IBAN"))
    payee_number = models.CharField(_("payee's account"), max_length=34)
    payee_bic = models.CharField(_("BIC"), max_length=11)
    # What is sent and what it costs; every amount in minor units.
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    leaves = models.BigIntegerField(_("amount that leaves the bank"))  # less our fee where the payee bears it
    debit = models.BigIntegerField(_("taken from the account for it"))
    debit_currency = models.CharField(_("currency of the account"), max_length=3)
    charges = models.CharField(_("who pays the fees"), max_length=3, choices=Bearers)
    fee = models.BigIntegerField(_("fee"))
    fee_currency = models.CharField(_("currency of the fee"), max_length=3)
    quote = models.UUIDField(_("quote"), null=True, unique=True, editable=False)
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10, null=True)
    quote_expires_at = models.DateTimeField(_("the rate holds until"), null=True)
    given_side = models.CharField(_("amount was given for"), max_length=5)  # payee, payer
    given = models.BigIntegerField(_("amount as given"))
    usd = models.BigIntegerField(_("worth in US cents"))
    cny = models.BigIntegerField(_("worth in fen"))  # what it counts towards the limits of transfers
    basis = models.CharField(_("ground"), max_length=6, choices=Grounds)
    purpose = models.CharField(
        _("purpose"), max_length=10, choices=[(one.code, one.label) for one in PURPOSES.values()]
    )
    purpose_note = models.CharField(_("what exactly it is for"), max_length=200)
    memo = models.CharField(_("message to the payee"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=States, default=States.DRAFT)
    key = models.UUIDField(_("key of the form"), editable=False)
    step_up = models.UUIDField(null=True, editable=False)
    declared_at = models.DateTimeField(_("declared at"), null=True)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="payments")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    release = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    reversal = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    # What came back after it had left: over the nostro, and onto which account as how much.
    comeback = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    came_back = models.BigIntegerField(_("came back"), null=True)  # minor units of `currency`
    credited = models.BigIntegerField(_("credited"), null=True)  # null while it waits in suspense
    credited_currency = models.CharField(_("currency credited"), max_length=3, blank=True, db_default="")
    credited_to = models.ForeignKey(
        "accounts.BankAccount", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    fee_back = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    # What the rules against fraud asked for when it was confirmed (payments.watching.Outcome); null before they looked.
    outcome = models.SmallIntegerField(pgettext_lazy("monitoring", "outcome"), null=True, editable=False)
    not_judged = models.BooleanField(_("without a verdict of the rules"), db_default=False, editable=False)
    reason_code = models.CharField(_("reason code"), max_length=4, blank=True, db_default="")
    refusal_reasons = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("reasons"))
    business_date = models.DateField(_("business date"), null=True)
    promised_on = models.DateField(_("promised by"), null=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("void after"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    heard_at = models.DateTimeField(_("last heard of"), null=True)
    arrived_at = models.DateTimeField(_("arrived at"), null=True)
    ended_at = models.DateTimeField(_("given back at"), null=True)

    class Meta:
        verbose_name = _("payment abroad")
        verbose_name_plural = _("payments abroad")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["payer", "key"], condition=~Q(state="void"), name="payment_abroad_one_per_form"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount__gt=0, amount__lte=MOST_MINOR, leaves__gt=0, debit__gt=0, fee__gte=0, usd__gte=0, cny__gt=0
                ),
                name="payment_abroad_moves_something",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "void"], entry__isnull=True, confirmed_at__isnull=True)
                | Q(
                    ~Q(state__in=["draft", "void"]),
                    entry__isnull=False,
                    confirmed_at__isnull=False,
                    business_date__isnull=False,
                    declared_at__isnull=False,
                    step_up__isnull=False,
                ),
                name="payment_abroad_confirmed_means_booked",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["sent", "arrived", "rejected", "returned"],
                    release__isnull=False,
                    sent_at__isnull=False,
                    message__isnull=False,
                )
                | Q(
                    ~Q(state__in=["sent", "arrived", "rejected", "returned"]),
                    release__isnull=True,
                    sent_at__isnull=True,
                ),
                name="payment_abroad_left_means_booked",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["refused", "revoked"], reversal__isnull=False, ended_at__isnull=False)
                | Q(state__in=["rejected", "returned"], reversal__isnull=True, ended_at__isnull=False)
                | Q(
                    ~Q(state__in=["refused", "revoked", "rejected", "returned"]),
                    reversal__isnull=True,
                    ended_at__isnull=True,
                ),
                name="payment_abroad_given_back_means_booked",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["rejected", "returned"],
                    comeback__isnull=False,
                    came_back__gt=0,
                    came_back__lte=models.F("leaves"),
                )
                | Q(
                    ~Q(state__in=["rejected", "returned"]),
                    comeback__isnull=True,
                    came_back__isnull=True,
                    credited__isnull=True,
                    fee_back__isnull=True,
                ),
                name="payment_abroad_came_back_means_booked",
            ),
            models.CheckConstraint(
                condition=~Q(state="arrived") | Q(arrived_at__isnull=False), name="payment_abroad_arrived_says_when"
            ),
            models.CheckConstraint(
                # One's own currency is sent as it is; another one is bought at a quote.
                condition=Q(currency=models.F("debit_currency"), quote__isnull=True, debit=models.F("amount"))
                | Q(~Q(currency=models.F("debit_currency")), quote__isnull=False, rate__isnull=False),
                name="payment_abroad_bought_at_a_quote",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["payer", "business_date"],
                include=["usd", "cny", "basis", "payee"],
                condition=~Q(state__in=["draft", "void", "refused", "revoked"]),
                name="payment_abroad_used",
            ),
            models.Index(fields=["confirmed_at"], condition=Q(state="ready"), name="payment_abroad_to_send"),
            models.Index(fields=["expires_at"], condition=Q(state="draft"), name="payment_abroad_drafts"),
            models.Index(fields=["sent_at"], condition=Q(state="sent"), name="payment_abroad_unanswered"),
        ]

    def __str__(self) -> str:
        return self.reference


class Step(models.Model):
    """Something that happened to a payment: a state it came to, or what was heard of it without a change."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=8, choices=Payment.States)
    heard = models.CharField(_("heard"), max_length=12, blank=True, db_default="")  # the other side's word, e.g. ACSP
    code = models.CharField(_("reason code"), max_length=4, blank=True, db_default="")
    note = models.CharField(_("note"), max_length=200, blank=True, db_default="")
    file = models.ForeignKey("clearing.InboundFile", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("step of a payment abroad")
        verbose_name_plural = _("steps of payments abroad")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.payment_id} {self.state}"


class Paper(models.Model):
    """A document that proves what a payment is for. Only the pictures of its pages are kept, sealed on disk."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="papers")
    name = models.CharField(_("file name"), max_length=80)
    digest = models.CharField(_("SHA-256"), max_length=64)  # of what was sent
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("document of a payment abroad")
        verbose_name_plural = _("documents of payments abroad")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["payment", "digest"], name="paper_once_per_payment")
        ]

    def __str__(self) -> str:
        return self.name


class Page(models.Model):
    """A page of a document as a picture."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField(_("page"))
    file = models.CharField(_("sealed file"), max_length=80)
    digest = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("page of a document")
        verbose_name_plural = _("pages of documents")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["paper", "number"], name="page_once_per_paper")
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}/{self.number}"


class Upload(models.Model):
    """One file a customer sent, taken or not: counted, so that nobody fills the disk or tries the gate all day."""

    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer", "at"], name="upload_abroad_of_a_day")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at:%Y-%m-%d}"
