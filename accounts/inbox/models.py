"""What the bank has told whom."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One message, kept in every language of the portal."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    event = models.CharField(_("event"), max_length=80)  # "payments.received"
    key = models.CharField(_("key"), max_length=200)
    texts = models.JSONField(_("texts"))  # {"zh-hans": {"title": …, "body": …}, "en": …}
    link = models.CharField(_("link"), max_length=300, blank=True)  # a path inside the portal
    created_at = models.DateTimeField(_("time"))
    read_at = models.DateTimeField(_("read at"), null=True)
    mail_started_at = models.DateTimeField(null=True)  # before the mail server is called, and
    mailed_at = models.DateTimeField(null=True)  # after it has taken the copy

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="inbox_notice_once_per_key")]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="inbox_notice_newest_first"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="inbox_notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key}"

    def text(self, language: str) -> tuple[str, str]:
        """This function will answer title and body in a language, or in the portal's own where that one is missing."""
        words = self.texts.get(language) or self.texts.get(settings.LANGUAGE_CODE) or next(iter(self.texts.values()))
        return words["title"], words["body"]

    @property
    def title(self) -> str:
        return self.text(translation.get_language() or settings.LANGUAGE_CODE)[0]

    @property
    def body(self) -> str:
        return self.text(translation.get_language() or settings.LANGUAGE_CODE)[1]


class MailWish(models.Model):
    """Whether somebody wants copies by e-mail; without a row they do. What concerns security is always copied."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mail_wish")
    wanted = models.BooleanField(_("copies by e-mail"))

    class Meta:
        verbose_name = _("wish for e-mail")
        verbose_name_plural = _("wishes for e-mail")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.wanted}"
