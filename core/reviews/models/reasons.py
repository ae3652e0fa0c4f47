"""The words of coded reasons, version by version. Written by core.reviews.services.wording alone, never changed.

Rooms name their codes in code; what staff and customers read is data. A decision keeps code and version, so that what
somebody was told can be shown for as long as the decision is kept.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReasonText(models.Model):
    """One version of one reason's words, in both languages."""

    subject = models.CharField(_("kind"), max_length=40)
    code = models.CharField(pgettext_lazy("reason", "code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))  # from 1 without gaps; a trigger sees to it
    verdicts = ArrayField(models.CharField(max_length=7), verbose_name=_("decisions it is given for"))
    label_zh = models.CharField(_("for staff (Chinese)"), max_length=120)
    label_en = models.CharField(_("for staff (English)"), max_length=120)
    tells_zh = models.CharField(_("what customers are told (Chinese)"), max_length=300)
    tells_en = models.CharField(_("what customers are told (English)"), max_length=300)
    advice_zh = models.CharField(_("what customers can do (Chinese)"), max_length=300)
    advice_en = models.CharField(_("what customers can do (English)"), max_length=300)
    valid_from = models.DateField(_("counts from"))
    valid_to = models.DateField(_("counts until"), null=True)  # the last day; then the reason is no longer offered
    # The change by two people that published it; none for words that came with a release.
    change = models.UUIDField(_("change"), null=True, unique=True)
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("text of a reason")
        verbose_name_plural = _("texts of reasons")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["subject", "code", "version"], name="reviews_reasontext_version_once"),
            models.CheckConstraint(
                name="reviews_reasontext_code", condition=Q(code__regex=r"^[a-z][a-z0-9_]*$", version__gte=1)
            ),
            models.CheckConstraint(
                name="reviews_reasontext_has_words",
                condition=~Q(label_zh="") & ~Q(label_en="") & ~Q(tells_zh="") & ~Q(tells_en=""),
            ),
            models.CheckConstraint(
                name="reviews_reasontext_has_verdicts",
                condition=Q(verdicts__len__gt=0, verdicts__contained_by=["approve", "decline"]),
            ),
            models.CheckConstraint(
                name="reviews_reasontext_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}/{self.code} ({self.version})"
