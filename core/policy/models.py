"""The table of figures."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Figure(models.Model):
    """What counts for one key from one day on. A change is a new row; the application may add rows, never edit them."""

    class Type(models.TextChoices):
        INT = "int", _("Whole number")
        DECIMAL = "decimal", _("Number with decimals")
        TEXT = "text", _("Text")
        BOOL = "bool", _("Yes or no")

    key = models.CharField(_("key"), max_length=80)
    effective_from = models.DateField(_("counts from"))
    type = models.CharField(_("type"), max_length=7, choices=Type)
    value = models.CharField(_("figure"), max_length=200)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    source = models.CharField(_("source"), max_length=300)  # the rule it follows, or whose judgement it is
    meaning_en = models.CharField(_("meaning (English)"), max_length=300)
    meaning_zh = models.CharField(_("meaning (Chinese)"), max_length=300)
    loaded_at = models.DateTimeField(_("loaded at"))
    change = models.UUIDField(_("change by two people"), null=True, unique=True)  # empty: came with a release's file

    class Meta:
        verbose_name = _("policy figure")
        verbose_name_plural = _("policy figures")
        default_permissions = ("view",)
        ordering: ClassVar[list[str]] = ["key", "-effective_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "effective_from"], name="policy_figure_once_a_day"),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$"), name="policy_figure_key"
            ),
            # The loader refuses these earlier, naming the line; here stands what no other writer may get past.
            models.CheckConstraint(
                condition=Q(type="text")
                | Q(type="bool", value__in=["true", "false"])
                | Q(type="int", value__regex=r"^-?[0-9]{1,18}$")
                | Q(type="decimal", value__regex=r"^-?[0-9]{1,18}(\.[0-9]{1,8})?$"),
                name="policy_figure_is_of_its_type",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.value} {self.unit}".rstrip()

    @property
    def meaning(self) -> str:
        """What the figure means, in the reader's language."""
        return self.meaning_zh if (get_language() or "").startswith("zh") else self.meaning_en
