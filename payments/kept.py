"""How payees are kept who have their account elsewhere. Each room that pays there has a table of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptPayee(models.Model):
    """How a customer keeps a payee who is not at this bank: their own word for them, a group, a note, on top or not."""

    alias = models.CharField(_("name in the list"), max_length=60, blank=True, default="", db_default="")
    group = models.CharField(_("group"), max_length=30, blank=True, default="", db_default="")
    note = models.CharField(_("note"), max_length=200, blank=True, default="", db_default="")
    favourite = models.BooleanField(_("favourite"), default=False, db_default=False)

    class Meta:
        abstract = True
