"""The trail, its seals, and the list of rows that wait for their seal."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Row(models.Model):
    """One act. Written by core.audit.record alone; never changed, never deleted."""

    act = models.CharField(_("act"), max_length=80)  # "identity.approved"
    subject = models.CharField(_("subject"), max_length=120)  # "accounts.customer:1f0c…"
    actor_id = models.BigIntegerField(_("actor's number"), null=True)  # no foreign key: the trail outlives the person
    actor_label = models.CharField(_("actor"), max_length=200)
    before = models.JSONField(_("what it was"), null=True)
    after = models.JSONField(_("what it became"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    ip = models.GenericIPAddressField(_("network address"), null=True)
    reference = models.CharField(_("request reference"), max_length=20, blank=True)
    acted_at = models.DateTimeField(_("time of the act"))  # the portal's clock
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())  # the database's clock, at the transaction

    class Meta:
        verbose_name = _("audit row")
        verbose_name_plural = _("audit rows")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["subject", "-id"], name="audit_row_by_subject"),
            models.Index(fields=["actor_id", "-id"], name="audit_row_by_actor"),
            models.Index(fields=["act", "-id"], name="audit_row_by_act"),
            models.Index(fields=["reference"], name="audit_row_by_reference"),
            BrinIndex(fields=["acted_at"], name="audit_row_by_day", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.act}"


class Seal(models.Model):
    """The place of one row in the chain. Positions have no gaps."""

    position = models.BigIntegerField(_("position"), primary_key=True)
    row_id = models.BigIntegerField(_("row"), unique=True)  # no foreign key: a removed row must be reported, not hidden
    row_digest = models.BinaryField(_("digest of the row"))  # HMAC of the row alone
    digest = models.BinaryField(_("digest of the chain"))  # HMAC of the previous digest, the position and row_digest
    sealed_at = models.DateTimeField(_("sealed at"), db_default=Now())

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.position)


class Pending(models.Model):
    """A row that waits for its seal; a trigger puts it here with the row, so the sealer needs no search."""

    row_id = models.BigIntegerField(primary_key=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.row_id)


class Shipment(models.Model):
    """How far a place outside this machine has the anchors."""

    sink = models.CharField(_("place"), max_length=200, unique=True)
    position = models.BigIntegerField(_("position"), default=0)
    shipped_at = models.DateTimeField(_("sent at"), null=True)
    failed_at = models.DateTimeField(_("failed at"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("way of the anchors")
        verbose_name_plural = _("ways of the anchors")
        default_permissions = ()

    def __str__(self) -> str:
        return self.sink


class Proof(models.Model):
    """That the whole trail was read again, and what came of it. Never changed."""

    at = models.DateTimeField(_("time"))
    rows = models.BigIntegerField(_("rows"))
    anchors = models.IntegerField(_("anchors"))
    seconds = models.FloatField(_("seconds"))
    findings = models.IntegerField(_("findings"))
    first = models.CharField(_("first finding"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("proof of the trail")
        verbose_name_plural = _("proofs of the trail")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.findings}"
