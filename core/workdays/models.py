"""A year's special days as they were announced. Written by core.workdays.loader alone, never changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """What is known about one year. The newest edition of a year counts; the earlier ones stay."""

    year = models.PositiveSmallIntegerField(_("year"))
    edition = models.PositiveSmallIntegerField(_("edition"))
    days = models.JSONField(_("special days"))  # [["2027-01-01", "off", "元旦"], …]
    source = models.CharField(_("source"), max_length=300)
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("notice about working days")
        verbose_name_plural = _("notices about working days")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["year", "edition"], name="workdays_notice_edition_once"),
            models.CheckConstraint(
                condition=Q(year__gte=2007, year__lte=2200, edition__gte=1) & ~Q(source=""),
                name="workdays_notice_makes_sense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} ({self.edition})"
