"""The help centre: articles, and their editions. Written by services; the public reads published editions alone."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class Article(models.Model):
    """What one service, or one worry, is about. Its words are in editions."""

    class Topic(models.TextChoices):
        BEGIN = "begin", _("Getting started")
        MONEY = "money", _("Accounts and transfers")
        SAFETY = "safety", _("Security")
        MINE = "mine", _("Your data and settings")

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    topic = models.CharField(_("topic"), max_length=10, choices=Topic)
    start = models.CharField(_("page that its button opens"), max_length=60, blank=True)  # a URL name
    shown_at = ArrayField(models.CharField(max_length=60), verbose_name=_("shown at these forms"), default=list)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("help article")
        verbose_name_plural = _("help articles")
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return self.slug


class Edition(models.Model):
    """The words of an article, in every language. A published one is never changed; a newer one takes its place."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("Waits for a second person")
        PUBLISHED = "published", _("Published")
        REPLACED = "replaced", _("Replaced by a newer one")
        DECLINED = "declined", _("Not published")
        WITHDRAWN = "withdrawn", _("Taken back")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    article = models.ForeignKey(Article, verbose_name=_("article"), on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(_("edition"))
    texts = models.JSONField(_("texts"))  # texts.Texts
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        on_delete=models.PROTECT,
        null=True,  # came with the portal
        related_name="+",
    )
    written_at = models.DateTimeField(_("written at"))
    published_at = models.DateTimeField(_("published at"), null=True)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="guidance_edition_numbered_once"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(state="published"), name="guidance_one_published_edition"
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(state__in=["draft", "in_review"]),
                name="guidance_one_edition_in_the_making",
            ),
            models.CheckConstraint(
                name="guidance_published_has_time",
                condition=~Q(state="published") | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} {self.number}"

    @property
    def words(self) -> dict[str, str]:
        """The texts in the reader's language, or in the portal's own where that one is missing."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        found: dict[str, str] = self.texts.get(language) or next(iter(self.texts.values()))
        return found
