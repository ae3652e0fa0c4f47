"""One row for each person who has chosen something."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.ui.look import COLOURS, SIZES


class Preferences(models.Model):
    """What one person chose; without a row everything has its plain value. The language stands on the person."""

    class Mode(models.TextChoices):
        SYSTEM = "", _("As my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="preferences",
    )
    mode = models.CharField(_("light or dark"), max_length=5, choices=Mode, blank=True, db_default="")
    colour = models.CharField(_("theme colour"), max_length=20, db_default=COLOURS[0])
    size = models.PositiveSmallIntegerField(_("size of type, per cent"), db_default=SIZES[0])
    simple = models.BooleanField(_("large-print layout"), db_default=False)
    covered = models.BooleanField(_("amounts covered at first"), db_default=False)
    # Keys of settings.QUICK_FUNCTIONS in the order shown; NULL until the person has chosen.
    quick = ArrayField(models.CharField(max_length=40), verbose_name=_("quick functions"), null=True)
    # {"payments.received": ["email"], "*": []}: channels besides the inbox, for the events chosen; "*" is every other.
    channels = models.JSONField(_("channels of notices"), default=dict, db_default={})
    changed_at = models.DateTimeField(_("changed at"), db_default=Now())

    class Meta:
        verbose_name = _("preferences of a person")
        verbose_name_plural = _("preferences of people")
        constraints = [
            models.CheckConstraint(condition=models.Q(mode__in=["", "light", "dark"]), name="preferences_known_mode"),
            models.CheckConstraint(condition=models.Q(size__range=(100, 200)), name="preferences_bounded_size"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)
