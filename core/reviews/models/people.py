"""What the desk knows about its own people: skills, and whom they are close to."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Skill(models.Model):
    """Something not everybody on the desk can do: a language, a kind of document."""

    code = models.CharField(pgettext_lazy("skill", "code"), max_length=40, unique=True)
    name_en = models.CharField(_("name (English)"), max_length=80)
    name_zh = models.CharField(_("name (Chinese)"), max_length=80)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z][a-z0-9_.]*$"), name="reviews_skill_code"),
        ]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class StaffSkill(models.Model):
    """That somebody on the desk has a skill."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="holders")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("entered by"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    given_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("skill of a colleague")
        verbose_name_plural = _("skills of colleagues")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "skill"], name="reviews_staffskill_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.skill}"


class Relation(models.Model):
    """That somebody on the desk is close to a person the bank serves. It counts until it is ended."""

    class Kind(models.TextChoices):
        PARTNER = "partner", _("Partner or spouse")
        FAMILY = "family", pgettext_lazy("relation", "Family")
        HOUSEHOLD = "household", _("Same household")
        FRIEND = "friend", _("Close friend")
        BUSINESS = "business", _("Business partner")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("colleague"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("relation"), max_length=10, choices=Kind)
    parties = ArrayField(models.CharField(max_length=90), verbose_name=_("keys of the other person"))  # doors.py
    shown = models.CharField(_("other person"), max_length=80)  # covered: enough to recognise, not to learn
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("declared by"), on_delete=models.PROTECT, related_name="+"
    )
    declared_at = models.DateTimeField(_("declared at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("ended by"), on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("declared relation")
        verbose_name_plural = _("declared relations")
        default_permissions = ()
        indexes = [models.Index(fields=["person"], condition=Q(ended_at__isnull=True), name="reviews_relation_counts")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"
