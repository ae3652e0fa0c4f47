"""People and the bank accounts they hold."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import contacts, masks
from accounts.contacts import Contact, Kind


class UserManager(BaseUserManager["User"]):
    """Creates people who sign in by e-mail or mobile number."""

    use_in_migrations = True

    def create_user(
        self, email: str | None, password: str | None = None, *, phone: Contact | None = None, **fields: Any
    ) -> "User":
        user = self.model(email=self.normalize_email(email).lower() or None, **fields)
        user.keep_phone(phone)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """Somebody who can sign in: a customer, or a member of staff. Signs in by e-mail or mobile number.

    The number is kept sealed; `phone_index` finds it. Whether an e-mail address is confirmed stands in allauth's
    EmailAddress, whether the number is in `phone_verified_at`.
    """

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)  # type: ignore[assignment]
    phone_sealed = models.BinaryField(null=True, editable=False)
    phone_index = models.CharField(max_length=64, null=True, unique=True, editable=False)
    phone_verified_at = models.DateTimeField(null=True, editable=False)
    full_name = models.CharField(_("name"), max_length=120, blank=True)  # staff: as colleagues know them
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    employee_number = models.CharField(_("employee number"), max_length=20, null=True, blank=True, unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[misc, assignment]

    class Meta:
        verbose_name = _("person who signs in")
        verbose_name_plural = _("people who sign in")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_case"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(phone_index__isnull=False),
                name="user_can_be_reached",
            ),
            models.CheckConstraint(
                condition=models.Q(phone_index__isnull=True, phone_sealed__isnull=True, phone_verified_at__isnull=True)
                | models.Q(phone_index__isnull=False, phone_sealed__isnull=False),
                name="user_phone_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or self.masked_phone

    def clean(self) -> None:
        """Keep an absent address absent: an empty text would be one."""
        super().clean()
        self.email = self.email or None

    @property
    def phone(self) -> Contact | None:
        """The mobile number, opened; None where there is none."""
        return contacts.opened(bytes(self.phone_sealed)) if self.phone_sealed else None

    @property
    def masked_phone(self) -> str:
        return self.phone.masked if self.phone else ""

    @property
    def trail_name(self) -> str:
        """As the audit trail names them: colleagues by name; customers covered, for it outlives their data."""
        if self.is_staff:
            return str(self)
        return masks.email_short(self.email) if self.email else self.masked_phone

    @property
    def phone_digits(self) -> str:
        """The number without its country, as people would put it into a password."""
        return self.phone.value.removeprefix("+86").removeprefix("+") if self.phone else ""

    @property
    def reached_at(self) -> str:
        """As the person themselves reads where the bank reaches them first."""
        return self.email or (self.phone.shown if self.phone else "")

    def keep_phone(self, phone: Contact | None, *, verified_at: datetime | None = None) -> None:
        """This function will put a number in place, sealed and findable, or take it away."""
        self.phone_sealed = phone.seal() if phone else None
        self.phone_index = phone.index if phone else None
        self.phone_verified_at = verified_at if phone else None


class PastContact(models.Model):
    """Where somebody was reached before a change. For a while it is told of what happens, in case it was not them."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="past_contacts")
    kind = models.CharField(max_length=5, choices=[(kind.value, kind.value) for kind in Kind])
    sealed = models.BinaryField()
    replaced_at = models.DateTimeField()

    class Meta:
        verbose_name = _("former contact")
        verbose_name_plural = _("former contacts")
        default_permissions = ()
        indexes = [models.Index(fields=["user", "-replaced_at"], name="pastcontact_newest_first")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"

    @property
    def contact(self) -> Contact:
        return contacts.opened(bytes(self.sealed), Kind(self.kind))


class District(models.Model):
    """A part of the country, for figures by region. Loaded with a bank's history or by staff."""

    code = models.CharField(pgettext_lazy("district", "code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    region = models.CharField(_("region"), max_length=100, blank=True)
    inhabitants = models.PositiveIntegerField(_("inhabitants"), null=True, blank=True)

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """A person the bank serves. `user` is empty while somebody brought over from another bank has not signed in yet."""

    class Standing(models.TextChoices):
        NEW = "new", _("Not yet verified")
        VERIFIED = "verified", _("Verified")
        CLOSED = "closed", pgettext_lazy("relationship", "Closed")

    class Sex(models.TextChoices):
        FEMALE = "f", _("Female")
        MALE = "m", _("Male")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, verbose_name=_("sign-in"), on_delete=models.PROTECT, null=True, blank=True)
    legal_name = models.CharField(_("legal name"), max_length=120, blank=True)
    name_is_generated = models.BooleanField(_("name was generated"), default=False)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    district = models.ForeignKey(District, verbose_name=_("district"), on_delete=models.PROTECT, null=True, blank=True)
    standing = models.CharField(_("standing"), max_length=10, choices=Standing, default=Standing.NEW)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    external_ref = models.CharField(_("reference in the old bank"), max_length=64, null=True, blank=True, unique=True)
    careful_until = models.DateTimeField(_("small sums only until"), null=True, blank=True)  # accounts.recovery
    # Of the document by which they were verified, kept here by accounts.identity so that no page asks for it; empty
    # where it is long-term, or was seen by another bank.
    document_expires_on = models.DateField(_("identity document expires on"), null=True, blank=True)
    created_at = models.DateTimeField(_("customer since"))
    bank_accounts: "models.ManyToManyField[BankAccount, Disposition]" = models.ManyToManyField(
        "BankAccount", through="Disposition", related_name="customers"
    )

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["document_expires_on"],
                condition=models.Q(document_expires_on__isnull=False),
                name="customer_document_expires",
            )
        ]

    def __str__(self) -> str:
        return self.legal_name or (str(self.user) if self.user else str(self.public_id))


class BankAccount(models.Model):
    """An account as its holder knows it; the money stands in `ledger_account`."""

    class Product(models.TextChoices):
        DEMAND = "demand", _("Demand account")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class AccountClass(models.TextChoices):
        I = "i", _("Class I")  # noqa: E741 - the regulator's own name
        II = "ii", _("Class II")
        III = "iii", _("Class III")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ledger_account = models.OneToOneField("ledger.Account", on_delete=models.PROTECT, related_name="bank_account")
    number = models.CharField(_("account number"), max_length=34, unique=True)
    product = models.CharField(_("product"), max_length=20, choices=Product, default=Product.DEMAND)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.OPEN)
    currency = models.CharField(_("currency"), max_length=3)
    nickname = models.CharField(_("nickname"), max_length=40, blank=True)
    district = models.ForeignKey(District, verbose_name=_("district"), on_delete=models.PROTECT, null=True, blank=True)
    opened_on = models.DateField(_("opened on"))  # business date
    external_ref = models.CharField(_("reference in the old bank"), max_length=64, null=True, blank=True, unique=True)
    # How often the old bank sent statements; "" where the account was opened here.
    statement_frequency = models.CharField(_("statement frequency"), max_length=20, blank=True)
    # What the account may do (accounts.classes), and the holder's class I account it is bound to.
    account_class = models.CharField(
        _("class"), max_length=3, choices=AccountClass, default=AccountClass.I, db_default="i"
    )
    bound_to = models.ForeignKey(
        "self", verbose_name=_("bound to"), on_delete=models.PROTECT, null=True, blank=True, related_name="bound"
    )

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(account_class="i", bound_to__isnull=True)
                | models.Q(account_class__in=["ii", "iii"], bound_to__isnull=False),
                name="bankaccount_lower_class_is_bound",
            )
        ]

    def __str__(self) -> str:
        return self.number


class Disposition(models.Model):
    """Who may dispose of which account, and as what."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        DISPONENT = "disponent", _("May dispose")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="dispositions")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="dispositions")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    external_ref = models.CharField(_("reference in the old bank"), max_length=64, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("right of disposal")
        verbose_name_plural = _("rights of disposal")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "bank_account"], name="disposition_once_per_person_and_account"
            ),
            models.UniqueConstraint(
                fields=["bank_account"], condition=models.Q(role="owner"), name="disposition_one_owner_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} · {self.bank_account}"
