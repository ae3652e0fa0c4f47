"""What was taken in, how far it got, and what was refused. Written by the engine alone."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Run(models.Model):
    """One delivery of files being taken in, until it is finished."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running or interrupted")
        FINISHED = "finished", _("Finished")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(_("source"), max_length=20)
    source_name = models.CharField(_("name of the source"), max_length=120)
    as_of = models.DateField(_("as of"))
    # The files of the delivery and their SHA-256: the same files again are the same run.
    fingerprint = models.CharField(_("fingerprint of the files"), max_length=64)
    files = models.JSONField(_("files"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(_("started at"))
    resumed = models.PositiveIntegerField(_("times resumed"), default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    report = models.JSONField(_("report"), default=dict)
    report_text = models.TextField(_("report as text"), blank=True)

    class Meta:
        verbose_name = _("intake of files")
        verbose_name_plural = _("intakes of files")
        constraints = [
            models.UniqueConstraint(fields=["source", "fingerprint"], name="intake_run_once_per_delivery"),
            models.CheckConstraint(
                condition=models.Q(state="running") | models.Q(finished_at__isnull=False),
                name="intake_run_finished_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.as_of}"


class Mark(models.Model):
    """How far one file of a run has been taken in. Committed together with the rows it speaks of."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="marks")
    file = models.CharField(_("file"), max_length=64)
    line = models.BigIntegerField(_("last line read"), default=0)
    offset = models.BigIntegerField(_("byte behind it"), default=0)
    # Of the last good row, in the column by which the file is sorted.
    sorted_value = models.CharField(_("last value in order"), max_length=64, blank=True)
    complete = models.BooleanField(_("read to the end"), default=False)
    taken = models.BigIntegerField(_("rows taken in"), default=0)
    repeated = models.BigIntegerField(_("rows that were there already"), default=0)
    refused = models.BigIntegerField(_("rows refused"), default=0)

    class Meta:
        verbose_name = _("file of an intake")
        verbose_name_plural = _("files of an intake")
        constraints = [models.UniqueConstraint(fields=["run", "file"], name="intake_mark_once_per_file")]

    def __str__(self) -> str:
        return f"{self.file}: {self.line}"


class Refusal(models.Model):
    """A row that was not taken in, and why."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="refusals")
    file = models.CharField(_("file"), max_length=64)
    line = models.BigIntegerField(pgettext_lazy("file", "line"))
    column = models.CharField(_("column"), max_length=64, blank=True)
    value = models.CharField(_("what stood there"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=250)

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        constraints = [models.UniqueConstraint(fields=["run", "file", "line"], name="intake_refusal_once_per_line")]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.column} {self.reason}"
