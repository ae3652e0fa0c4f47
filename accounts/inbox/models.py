"""What the bank has told whom."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
    """An earlier release's wish for copies by e-mail. Taken over into accounts.preferences and no longer read; the
    table goes in the release after this one."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mail_wish")
    wanted = models.BooleanField(_("copies by e-mail"))

    class Meta:
        verbose_name = _("wish for e-mail")
        verbose_name_plural = _("wishes for e-mail")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.wanted}"


class Dispatch(models.Model):
    """A text to one number, or a letter to one mailbox, outside the inbox. Where it goes and what it says is sealed."""

    class State(models.TextChoices):
        WAITING = "waiting", _("On its way")
        SENT = "sent", pgettext_lazy("message", "Sent")
        EXPIRED = "expired", _("Too late to be of use")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("way"), max_length=5)  # accounts.contacts.Kind
    to_sealed = models.BinaryField()
    to_index = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, blank=True)  # of a letter
    body_sealed = models.BinaryField()  # emptied once it was sent
    purpose = models.CharField(_("purpose"), max_length=60)  # "code.register"
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("time"))
    expires_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["created_at"], name="inbox_dispatch_by_age")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.public_id}"


class Tally(models.Model):
    """How many texts went to a number, came from a source, or left at all on one day."""

    day = models.DateField()
    key = models.CharField(max_length=60)
    count = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["day", "key"], name="inbox_tally_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.key} {self.count}"
