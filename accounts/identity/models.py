"""Proving who a customer is: what they declared, and photos of their document. Written by services and handlers."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import vault
from accounts.identity import names
from accounts.models import Customer


class Verification(models.Model):
    """One application for real-name verification. A new try after a refusal is a new row; the old one stays."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being filled in")
        SUBMITTED = "submitted", _("Automatic checks")
        IN_REVIEW = "in_review", _("With a reviewer")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Not approved")
        WITHDRAWN = "withdrawn", _("Taken back")
        REPLACED = "replaced", _("Replaced by a newer document")

    class DocumentKind(models.TextChoices):
        RESIDENT_ID = "resident_id", _("Resident ID card")
        REGION_PERMIT = "region_permit", _("Residence permit for Hong Kong, Macao and Taiwan residents")
        FOREIGN_RESIDENT = "foreign_resident", _("Foreign permanent resident ID card")
        PASSPORT = "passport", _("Foreign passport")

    class Risk(models.TextChoices):
        LOW = "low", _("Low risk")
        MEDIUM = "medium", _("Medium risk")
        HIGH = "high", _("High risk")

    class Occupation(models.TextChoices):
        PUBLIC = "public", _("Public service")
        COMPANY = "company", _("Company employee")
        PROFESSIONAL = "professional", _("Doctor, teacher, lawyer, engineer")
        SERVICE = "service", _("Shop, restaurant, delivery, services")
        PRODUCTION = "production", _("Factory, building, transport")
        FARMING = "farming", _("Farming, forestry, fishing")
        OWNER = "owner", _("Business owner, self-employed")
        STUDENT = "student", _("Student")
        RETIRED = "retired", _("Retired")
        HOME = "home", _("At home")
        OTHER = "other", _("Something else")

    class Income(models.TextChoices):
        NONE = "none", _("No income of my own")
        TO_50K = "to_50k", _("Up to CNY 50,000 a year")
        TO_100K = "to_100k", _("CNY 50,000 to 100,000 a year")
        TO_300K = "to_300k", _("CNY 100,000 to 300,000 a year")
        TO_1M = "to_1m", _("CNY 300,000 to 1,000,000 a year")
        OVER_1M = "over_1m", _("More than CNY 1,000,000 a year")

    OPEN = (State.DRAFT, State.SUBMITTED, State.IN_REVIEW)
    VERIFIED = (State.APPROVED, State.REPLACED)  # the person was verified by it

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="verifications"
    )
    # The verified identity whose document this one takes the place of; empty for a first verification.
    renews = models.ForeignKey(
        "self", verbose_name=_("renews"), on_delete=models.PROTECT, null=True, blank=True, related_name="renewals"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    legal_name = models.CharField(_("legal name"), max_length=120, blank=True)
    document_kind = models.CharField(
        _("document"), max_length=20, choices=DocumentKind, default=DocumentKind.RESIDENT_ID
    )
    number_sealed = models.BinaryField(_("document number"), default=b"")
    number_index = models.CharField(_("blind index of the number"), max_length=64, blank=True)
    issuer = models.CharField(
        _("state that gave out the passport"), max_length=3, blank=True, default="", db_default=""
    )
    zone_sealed = models.BinaryField(_("machine-readable lines"), default=b"", db_default=b"")
    name_key = models.CharField(_("name as it is compared"), max_length=160, blank=True, default="", db_default="")
    address_index = models.CharField(
        _("blind index of the address"), max_length=64, blank=True, default="", db_default=""
    )
    born_on = models.DateField(_("date of birth"), null=True)
    expires_on = models.DateField(_("document expires on"), null=True)
    never_expires = models.BooleanField(_("document is long-term"), default=False)
    address_sealed = models.BinaryField(_("address"), default=b"")
    occupation = models.CharField(_("occupation"), max_length=20, choices=Occupation, blank=True)
    income = models.CharField(_("income"), max_length=10, choices=Income, blank=True)
    uploads = models.PositiveSmallIntegerField(_("photos sent so far"), default=0)
    consented_at = models.DateTimeField(_("agreed to the use of photos at"), null=True)
    started_at = models.DateTimeField(_("started at"))
    submitted_at = models.DateTimeField(_("sent at"), null=True)
    promised_by = models.DateTimeField(_("answer promised by"), null=True)
    review_started_at = models.DateTimeField(_("checks finished at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    # What the automatic checks made of the risk, kept with the case; never shown to the customer.
    risk = models.CharField(_("risk"), max_length=6, choices=Risk, blank=True, default="", db_default="")
    risk_points = models.PositiveSmallIntegerField(_("points of risk"), null=True)
    risk_reasons = ArrayField(models.CharField(max_length=40), verbose_name=_("reasons of the risk"), null=True)
    risk_rules = models.CharField(_("edition of the rules"), max_length=20, blank=True, default="", db_default="")
    decline_reasons = ArrayField(models.CharField(max_length=40), verbose_name=_("reasons"), default=list)

    class Meta:
        verbose_name = _("identity verification")
        verbose_name_plural = _("identity verifications")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state__in=["draft", "submitted", "in_review"]),
                name="identity_verification_one_open_per_customer",
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="approved"), name="identity_verification_approved_once"
            ),
            models.UniqueConstraint(
                fields=["number_index"],
                condition=Q(state="approved"),
                name="identity_verification_one_person_per_number",
            ),
            models.CheckConstraint(
                name="identity_verification_sent_is_complete",
                condition=Q(state="draft")
                | ~Q(legal_name="")
                & ~Q(number_index="")
                & Q(born_on__isnull=False)
                & Q(submitted_at__isnull=False, promised_by__isnull=False, consented_at__isnull=False),
            ),
            models.CheckConstraint(
                name="identity_verification_decided_has_time",
                condition=~Q(state__in=["approved", "declined"]) | Q(decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["number_index"], condition=~Q(number_index=""), name="identity_by_number"),
            models.Index(fields=["born_on"], condition=~Q(state="draft"), name="identity_by_birth"),
            models.Index(fields=["name_key"], condition=~Q(name_key="") & ~Q(state="draft"), name="identity_by_name"),
        ]

    def __str__(self) -> str:
        return self.legal_name or str(self.public_id)

    @property
    def number(self) -> str:
        """The document number in the clear; raises accounts.vault.Unreadable."""
        return vault.decrypt(bytes(self.number_sealed), self.purpose("number")).decode() if self.number_sealed else ""

    @property
    def address(self) -> str:
        """The address in the clear; raises accounts.vault.Unreadable."""
        return (
            vault.decrypt(bytes(self.address_sealed), self.purpose("address")).decode() if self.address_sealed else ""
        )

    @property
    def zone(self) -> str:
        """The machine-readable lines of a passport in the clear; raises accounts.vault.Unreadable."""
        return vault.decrypt(bytes(self.zone_sealed), self.purpose("zone")).decode() if self.zone_sealed else ""

    def keep_name(self, name: str) -> None:
        """This function will keep a name as it is written, and the key by which it is compared."""
        self.legal_name, self.name_key = name, names.compare_key(name)

    def seal_number(self, text: str, issuer: str = "") -> None:
        """This function will keep a number, in its one spelling, unreadable, and its blind index.

        Two states may give out passports with one number, so the state is part of the index.
        """
        self.issuer = issuer
        self.number_sealed = vault.encrypt(text.encode(), self.purpose("number")) if text else b""
        self.number_index = vault.blind_index(f"{issuer}{text}", "identity.number") if text else ""

    def seal_address(self, address: str) -> None:
        """This function will keep an address unreadable, and a blind index of its one spelling."""
        self.address_sealed = vault.encrypt(address.encode(), self.purpose("address")) if address else b""
        spelling = names.address_key(address)
        self.address_index = vault.blind_index(spelling, "identity.address") if spelling else ""

    def seal_zone(self, text: str) -> None:
        """This function will keep the machine-readable lines of a passport unreadable."""
        self.zone_sealed = vault.encrypt(text.encode(), self.purpose("zone")) if text else b""

    def purpose(self, field: str) -> str:
        """This function will name what a value of this row is sealed for, so that it opens for no other row."""
        return f"identity.{field}:{self.public_id}"


class RenewalNotice(models.Model):
    """That a person was told, once, how a document stands: so many days before it expires, or that money waits."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    expires_on = models.DateField(_("document expires on"))
    stage = models.CharField(_("what was told"), max_length=12)  # expiry.Notice
    told_at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("notice about a renewal")
        verbose_name_plural = _("notices about renewals")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["customer", "expires_on", "stage"], name="identity_renewalnotice_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.expires_on} {self.stage}"


class Document(models.Model):
    """A photo of one side of the document, or of the person. The file is sealed; `file` is a generated name."""

    class Side(models.TextChoices):
        FRONT = "front", _("Side with the photo")
        BACK = "back", _("Side with the national emblem")
        SELFIE = "selfie", _("Photo of your face")

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="documents")
    side = models.CharField(_("side"), max_length=6, choices=Side)
    file = models.CharField(_("file"), max_length=80, unique=True)
    digest = models.CharField(_("digest"), max_length=64)  # SHA-256 of the picture
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    uploaded_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("document photo")
        verbose_name_plural = _("document photos")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["verification", "side"], name="identity_document_once_per_side")]

    def __str__(self) -> str:
        return self.get_side_display()


class WatchList(models.Model):
    """One edition of the list of people the bank must look at closely. The newest is in force; the old ones stay."""

    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(_("digest of the file"), max_length=64, unique=True)  # SHA-256
    size = models.PositiveIntegerField(pgettext_lazy("list", "entries"))
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("watch list")
        verbose_name_plural = _("watch lists")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="identity_watchlist_is_never_empty")]

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:12]}"


class WatchEntry(models.Model):
    """Somebody on an edition of the list: every name they are known by, as it is written and as it is compared."""

    edition = models.ForeignKey(WatchList, on_delete=models.PROTECT, related_name="entries")
    reference = models.CharField(pgettext_lazy("list", "reference"), max_length=60)
    names = ArrayField(models.CharField(max_length=200), verbose_name=_("names"))
    birth_years = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("years of birth"), default=list)
    note = models.CharField(_("why they are listed"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("entry of a watch list")
        verbose_name_plural = _("entries of watch lists")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["edition", "reference"], name="identity_watchentry_once_per_list")
        ]

    def __str__(self) -> str:
        return self.reference
