"""What customers ask others to pay, who has paid, whom they do not want to be asked by, and their templates."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.clearing.models import Payment
from payments.models import MOST_MINOR


class MoneyRequest(models.Model):
    """Money a customer asks for. It counts until midnight of its last day.

    open -> paid        by the last of those it was meant for
    open -> cancelled   by its asker
    open -> declined    by the one customer it was addressed to
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request", "Open")
        PAID = "paid", pgettext_lazy("request", "Paid")
        CANCELLED = "cancelled", pgettext_lazy("request", "Cancelled")
        DECLINED = "declined", pgettext_lazy("request", "Declined")

    class Reason(models.TextChoices):
        PAID_OTHERWISE = "otherwise", _("I have paid in another way")
        WRONG_AMOUNT = "amount", _("The amount is not right")
        NOT_MINE = "not_mine", _("This is not for me to pay")
        UNKNOWN = "unknown", _("I do not know who is asking")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.CharField(_("code of the link"), max_length=32, unique=True, editable=False)
    key = models.UUIDField(_("key of the form"), editable=False)
    asker = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="money_requests")
    destination = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"), null=True)  # minor units, of each who pays; null: the payer says
    currency = models.CharField(_("currency"), max_length=3)
    words = models.CharField(_("what it is for"), max_length=60)
    last_day = models.DateField(pgettext_lazy("request", "last day"))
    people = models.PositiveSmallIntegerField(_("how many pay"), default=1)
    # Whom it was addressed to: as the asker may see it again, as it is counted, and who that is where anybody is.
    addressed_to = models.CharField(_("addressed to"), max_length=40, blank=True)
    address_index = models.CharField(max_length=64, blank=True, editable=False)
    addressee = models.ForeignKey(
        "accounts.Customer", on_delete=models.PROTECT, null=True, related_name="asked_for_money"
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    reason = models.CharField(_("reason"), max_length=9, choices=Reason, blank=True)
    paid_count = models.PositiveSmallIntegerField(_("people who have paid"), default=0)
    paid_total = models.BigIntegerField(_("paid so far"), default=0)  # minor units
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    reminded_on = models.DateField(_("reminded on"), null=True)
    created_at = models.DateTimeField(_("created at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("request for money")
        verbose_name_plural = _("requests for money")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["asker", "key"], name="request_one_per_form"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0, amount__lte=MOST_MINOR),
                name="request_asks_for_something",
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1, paid_count__gte=0, paid_count__lte=F("people")),
                name="request_paid_by_no_more_than_asked",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, paid_count__lt=F("people"))
                | Q(state="paid", ended_at__isnull=False, paid_count=F("people"))
                | Q(state__in=["cancelled", "declined"], ended_at__isnull=False),
                name="request_state_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(addressed_to="", addressee__isnull=True) | Q(~Q(addressed_to=""), people=1),
                name="request_addressed_to_one",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["asker", "created_at"], name="request_by_asker"),
            models.Index(fields=["addressee", "created_at"], name="request_by_addressee"),
        ]

    def __str__(self) -> str:
        return f"{self.words} ({self.currency})"


class Share(models.Model):
    """One customer's part in a request: the transfer they have filled in, and when its money moved.

    The payee is the asker as this payer pays them: a row that stands on nobody's list (archived from the start), new
    from the moment the transfer was filled in, unless the payer has the asker on their list already.
    """

    request = models.ForeignKey(MoneyRequest, on_delete=models.PROTECT, related_name="shares", db_index=False)
    payer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="money_shares")
    payee = models.OneToOneField("payments.Payee", on_delete=models.PROTECT, related_name="+")
    transfer = models.OneToOneField("payments.Transfer", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    paid_at = models.DateTimeField(_("paid at"), null=True)

    class Meta:
        verbose_name = _("part in a request")
        verbose_name_plural = _("parts in requests")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "payer"], name="share_once_per_payer"),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True) | Q(transfer__isnull=False), name="share_paid_by_a_transfer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.payer_id}"


class RefusedAsker(models.Model):
    """Somebody whom a customer does not want to be asked by. The asker never learns of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(
        "accounts.Customer", on_delete=models.CASCADE, related_name="refused_askers", db_index=False
    )
    asker = models.ForeignKey("accounts.Customer", on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("person who may not ask")
        verbose_name_plural = _("people who may not ask")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "asker"], name="refused_asker_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.asker_id}"


class Template(models.Model):
    """A transfer a customer keeps by a name, to fill in the form with. It moves nothing by itself."""

    class Kind(models.TextChoices):
        OWN = "own", _("Between own accounts")
        CUSTOMER = "customer", _("To another customer")
        BANK = "bank", _("To another bank")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="transfer_templates")
    name = models.CharField(_("name"), max_length=40)
    favourite = models.BooleanField(_("favourite"), default=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    source = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, null=True, related_name="+")
    shown_name = models.CharField(_("payee as shown"), max_length=120)
    # At another bank
    bank_code = models.CharField(_("bank number"), max_length=12, blank=True)
    bank_number = models.CharField(_("payee's account"), max_length=32, blank=True)
    mode = models.CharField(_("mode"), max_length=9, choices=Payment.Modes, blank=True)
    amount = models.BigIntegerField(_("amount"))  # minor units
    currency = models.CharField(_("currency"), max_length=3)
    memo = models.CharField(_("memo"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("template of a transfer")
        verbose_name_plural = _("templates of transfers")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "name"], name="template_name_once"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST_MINOR), name="template_moves_something"),
            models.CheckConstraint(
                condition=Q(kind="bank", destination__isnull=True) & ~Q(bank_code="") & ~Q(bank_number="")
                | Q(kind__in=["own", "customer"], destination__isnull=False, bank_code="", bank_number=""),
                name="template_has_its_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name
