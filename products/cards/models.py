"""Cards a customer holds. So far those that came with another bank's history: they are shown, not used."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Card(models.Model):
    """A payment card given to somebody who may dispose of an account."""

    class Type(models.TextChoices):
        JUNIOR = "junior", _("Junior card")
        CLASSIC = "classic", _("Classic card")
        GOLD = "gold", _("Gold card")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    disposition = models.ForeignKey(
        "accounts.Disposition", verbose_name=_("right of disposal"), on_delete=models.PROTECT, related_name="cards"
    )
    type = models.CharField(_("type"), max_length=10, choices=Type)
    issued_on = models.DateField(_("issued on"))
    external_ref = models.CharField(_("reference in the old bank"), max_length=64, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")

    def __str__(self) -> str:
        return f"{self.get_type_display()} · {self.issued_on}"
