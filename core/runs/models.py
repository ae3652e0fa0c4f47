"""How far each day's run has come. Written by core.runs.engine and core.runs.services alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.runs import steps


class Run(models.Model):
    """One run for one day."""

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        DONE = "done", _("Done")

    name = models.CharField(_("run"), max_length=60)
    day = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=4, choices=State, default=State.OPEN)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    # A person has said that the days from this one on, up to that one, are made up for (core.runs.hindrances).
    let_through = models.DateField(_("made up for until"), null=True)

    class Meta:
        verbose_name = _("daily run")
        verbose_name_plural = _("daily runs")
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=["name", "day"], name="runs_run_once_per_day"),
            models.CheckConstraint(
                condition=models.Q(state="open", finished_at__isnull=True)
                | models.Q(state="done", finished_at__isnull=False),
                name="runs_run_done_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{steps.label_of(self.name)} {self.day:%Y-%m-%d}"


class StepProgress(models.Model):
    """One step of one run. `open_session` stands while a process is at work on it, and after one died there."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps", db_index=False)
    name = models.CharField(_("step"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"))
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    open_session = models.BooleanField(default=False)
    total = models.PositiveIntegerField(_("items"), null=True)  # as counted when the step began
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("step of a daily run")
        verbose_name_plural = _("steps of a daily run")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="runs_step_once_per_run")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.name}"


class Item(models.Model):
    """One item of one step: done, or with what went wrong. An item that was not touched yet has no row."""

    class State(models.TextChoices):
        DONE = "done", _("Done")
        FAILED = "failed", _("To be tried again")
        PARKED = "parked", _("Parked")

    step = models.ForeignKey(StepProgress, on_delete=models.CASCADE, related_name="items", db_index=False)
    key = models.CharField(_("item"), max_length=120)
    state = models.CharField(_("state"), max_length=6, choices=State)
    # the step's own word for what it did
    outcome = models.CharField(pgettext_lazy("step", "outcome"), max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    error = models.TextField(_("last error"), blank=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("item of a daily run")
        verbose_name_plural = _("items of a daily run")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["step", "key"], name="runs_item_once_per_step")]
        indexes = [
            models.Index(fields=["step", "id"], condition=~models.Q(state="done"), name="runs_item_in_trouble"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.key}"
