"""Branches, their tills, and what is done at them. Written by payments.counter.services alone."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ledger.money import Money
from payments.models import MOST_MINOR


class Branch(models.Model):
    """A house of the bank with a counter. Its cash lies in `vault`, an account of the books."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(pgettext_lazy("branch", "code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    district = models.ForeignKey(
        "accounts.District", verbose_name=_("district"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    currency = models.CharField(_("currency"), max_length=3)
    vault = models.OneToOneField("ledger.Account", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(pgettext_lazy("branch", "opened at"))

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        default_permissions = ()

    def __str__(self) -> str:
        """In the reader's language."""
        return self.name if (get_language() or "").startswith("zh") else self.name_en


class Place(models.Model):
    """That a colleague works at a branch, from one moment to another."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="counter_places")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="places")
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("place of work")
        verbose_name_plural = _("places of work")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user"], condition=Q(until__isnull=True), name="counter_place_one_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.branch_id}"


class Till(models.Model):
    """A drawer of cash at one desk. `account` is what the books say lies in it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="tills")
    number = models.PositiveSmallIntegerField(_("number"))
    account = models.OneToOneField("ledger.Account", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("till")
        verbose_name_plural = _("tills")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["branch", "number"], name="counter_till_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.branch.code}-{self.number}"


class TillDay(models.Model):
    """A till in one colleague's hands, from the float they asked for to the count that closed it."""

    class State(models.TextChoices):
        OPENING = "opening", _("Waits for its float")
        OPEN = "open", pgettext_lazy("till", "Open")
        COUNTED = "counted", _("Counted")
        HANDING = "handing", _("On its way to the vault")
        CLOSED = "closed", pgettext_lazy("till", "Closed")
        VOID = "void", _("Never opened")

    LIVE = (State.OPENING, State.OPEN, State.COUNTED, State.HANDING)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    till = models.ForeignKey(Till, verbose_name=_("till"), on_delete=models.PROTECT, related_name="days")
    teller = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("teller"), on_delete=models.PROTECT, related_name="till_days"
    )
    business_date = models.DateField(_("business date"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPENING)
    began_at = models.DateTimeField(_("asked for at"))
    opened_at = models.DateTimeField(pgettext_lazy("till", "opened at"), null=True)
    # The last count: how many of each denomination, what it came to, and what the books said then (minor units).
    counted = models.JSONField(_("counted"), default=dict)
    counted_sum = models.BigIntegerField(_("sum counted"), null=True)
    expected_sum = models.BigIntegerField(_("in the books"), null=True)
    counted_at = models.DateTimeField(_("counted at"), null=True)
    # A difference, once it is booked: why, by which entry, and by whose word besides the teller's.
    reason = models.CharField(_("reason of the difference"), max_length=300, blank=True)
    change = models.OneToOneField("changes.Change", on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(pgettext_lazy("till", "closed at"), null=True)

    class Meta:
        verbose_name = _("day of a till")
        verbose_name_plural = _("days of tills")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["till"],
                condition=Q(state__in=["opening", "open", "counted", "handing"]),
                name="counter_tillday_one_colleague",
            ),
            models.UniqueConstraint(
                fields=["teller"],
                condition=Q(state__in=["opening", "open", "counted", "handing"]),
                name="counter_tillday_one_till",
            ),
            models.CheckConstraint(
                name="counter_tillday_count_is_whole",
                condition=Q(counted_sum__isnull=True, expected_sum__isnull=True, counted_at__isnull=True)
                | Q(counted_sum__gte=0, expected_sum__isnull=False, counted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="counter_tillday_closed_means_counted",
                condition=~Q(state__in=["counted", "handing", "closed"]) | Q(counted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="counter_tillday_ends_with_time",
                condition=Q(state__in=["closed", "void"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "void"]) & Q(closed_at__isnull=True)),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["business_date", "till"], name="counter_tillday_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.till} {self.business_date:%Y-%m-%d}"

    @property
    def difference(self) -> int:
        """Minor units: what was counted beyond the books; below zero where something is missing."""
        return (self.counted_sum or 0) - (self.expected_sum or 0)


class Delivery(models.Model):
    """Cash between vault and till: asked for by whoever has the till, confirmed by whoever keeps the vault."""

    class Direction(models.TextChoices):
        TO_TILL = "to_till", _("From the vault to the till")
        TO_VAULT = "to_vault", _("From the till to the vault")

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for the vault")
        DONE = "done", _("Done")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    day = models.ForeignKey(TillDay, on_delete=models.PROTECT, related_name="deliveries")
    direction = models.CharField(_("way"), max_length=8, choices=Direction)
    counted = models.JSONField(_("counted"))
    amount = models.BigIntegerField(_("amount"))  # minor units of the branch's currency
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for at"))
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("settled at"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)  # of a refusal
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("delivery between vault and till")
        verbose_name_plural = _("deliveries between vault and till")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day"], condition=Q(state="asked"), name="counter_delivery_one_waits"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST_MINOR), name="counter_delivery_amount"),
            models.CheckConstraint(
                name="counter_delivery_takes_two",
                condition=~Q(state__in=["done", "declined"])
                | (Q(settled_by__isnull=False) & ~Q(settled_by=F("asked_by"))),
            ),
            models.CheckConstraint(
                name="counter_delivery_done_means_booked",
                condition=Q(state="done", entry__isnull=False) | (~Q(state="done") & Q(entry__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.direction}"


class Visit(models.Model):
    """A customer at the counter: found by a whole number, the identity document sighted."""

    class Found(models.TextChoices):
        ACCOUNT = "account", _("Account number")
        PHONE = "phone", _("Mobile number")
        DOCUMENT = "document", _("Document number")

    class DocumentKind(models.TextChoices):
        RESIDENT_ID = "resident_id", _("Resident ID card")
        REGION_PERMIT = "region_permit", _("Residence permit for Hong Kong, Macao and Taiwan residents")
        FOREIGN_RESIDENT = "foreign_resident", _("Foreign permanent resident ID card")
        PASSPORT = "passport", _("Foreign passport")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    day = models.ForeignKey(TillDay, on_delete=models.PROTECT, related_name="visits")
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="visits")
    found_by = models.CharField(_("found by"), max_length=8, choices=Found)
    document_kind = models.CharField(_("document sighted"), max_length=20, choices=DocumentKind)
    document_ending = models.CharField(_("last four of the document"), max_length=4)
    compared = models.BooleanField(
        _("agrees with the verified document")
    )  # false: another bank saw it, nothing is kept
    began_at = models.DateTimeField(_("began at"))
    ends_at = models.DateTimeField(_("good until"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("customer at the counter")
        verbose_name_plural = _("customers at the counter")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["day"], condition=Q(ended_at__isnull=True), name="counter_visit_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.began_at:%Y-%m-%d %H:%M}"


class Operation(models.Model):
    """What a customer has done at the counter. What it says never changes; only what became of it is added."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", _("Cash deposit")
        WITHDRAWAL = "withdrawal", _("Cash withdrawal")
        TRANSFER = "transfer", _("Transfer at the counter")

    class State(models.TextChoices):
        DRAFT = "draft", _("To be checked")
        WAITING = "waiting", _("Waits for a second person")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Not carried out")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    day = models.ForeignKey(TillDay, verbose_name=_("till"), on_delete=models.PROTECT, related_name="operations")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="operations")
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="counter_operations")
    account = models.ForeignKey(
        "accounts.BankAccount", verbose_name=_("account"), on_delete=models.PROTECT, related_name="+"
    )
    destination = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, null=True, related_name="+")
    amount = models.BigIntegerField(_("amount"))  # minor units
    currency = models.CharField(_("currency"), max_length=3)
    memo = models.CharField(_("memo"), max_length=100, blank=True)
    cash_note = models.CharField(_("where the cash comes from or goes to"), max_length=200, blank=True)
    # Both names on the day: a receipt never changes.
    customer_name = models.CharField(_("customer's name"), max_length=120)
    payee_name = models.CharField(_("payee's name"), max_length=120, blank=True)
    key = models.UUIDField(_("key of the form"), editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("void after"))
    change = models.OneToOneField("changes.Change", on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    business_date = models.DateField(_("business date"), null=True)
    done_at = models.DateTimeField(_("done at"), null=True)
    reversal = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    reversed_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("operation at the counter")
        verbose_name_plural = _("operations at the counter")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["day", "key"],
                condition=Q(state__in=["draft", "waiting", "done"]),
                name="counter_operation_one_per_form",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST_MINOR), name="counter_operation_amount"),
            models.CheckConstraint(
                name="counter_operation_kind",
                condition=Q(kind="transfer", destination__isnull=False)
                | Q(kind__in=["deposit", "withdrawal"], destination__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(destination__isnull=True) | ~Q(destination=F("account")),
                name="counter_operation_two_accounts",
            ),
            models.CheckConstraint(
                name="counter_operation_done_means_booked",
                condition=Q(
                    state="done",
                    entry__isnull=False,
                    business_date__isnull=False,
                    done_at__isnull=False,
                )
                | (
                    ~Q(state="done")
                    & Q(
                        entry__isnull=True,
                        business_date__isnull=True,
                        done_at__isnull=True,
                    )
                ),
            ),
            models.CheckConstraint(
                name="counter_operation_undone_was_done",
                condition=Q(reversal__isnull=True, reversed_at__isnull=True)
                | Q(state="done", reversal__isnull=False, reversed_at__isnull=False),
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(change__isnull=False), name="counter_operation_waits_for_somebody"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-id"], name="counter_operation_of_customer"),
            models.Index(
                fields=["customer", "business_date"],
                include=["kind", "currency", "amount"],
                condition=Q(state="done", reversal__isnull=True),
                name="counter_operation_cash_of_day",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def in_cash(self) -> bool:
        return self.kind != self.Kind.TRANSFER
