"""Facts and their deliveries. Written by core.outbox.record and the relay alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FactRecord(models.Model):
    """Something that became true, kept as it was said."""

    kind = models.CharField(_("kind"), max_length=80)
    payload = models.JSONField(_("content"))
    owner = models.CharField(_("concerns"), max_length=120, blank=True)
    reference = models.CharField(_("request reference"), max_length=20, blank=True)
    created_at = models.DateTimeField(_("time"))

    class Meta:
        db_table = "outbox_fact"
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class Delivery(models.Model):
    """One fact on its way to one handler."""

    class State(models.TextChoices):
        PENDING = "pending", _("On its way")
        DONE = "done", _("Done")
        PARKED = "parked", _("Parked")

    # The unique constraint below finds a fact's deliveries; an index of its own would be written for nothing.
    fact = models.ForeignKey(
        FactRecord, verbose_name=_("fact"), on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    handler = models.CharField(_("handler"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)  # counted before each try
    next_attempt_at = models.DateTimeField(_("next try"))
    last_error = models.TextField(_("last error"), blank=True)
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ("view", "change")
        constraints = [models.UniqueConstraint(fields=["fact", "handler"], name="outbox_delivery_once_per_handler")]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=models.Q(state="pending"), name="outbox_delivery_due"
            ),
            models.Index(fields=["-id"], condition=models.Q(state="parked"), name="outbox_delivery_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.handler}"
