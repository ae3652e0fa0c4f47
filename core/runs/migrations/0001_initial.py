"""How far each day's run has come."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="run")),
                ("day", models.DateField(verbose_name="day")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Under way"), ("done", "Done")],
                        default="open",
                        max_length=4,
                        verbose_name="state",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
            ],
            options={
                "verbose_name": "daily run",
                "verbose_name_plural": "daily runs",
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.UniqueConstraint(fields=("name", "day"), name="runs_run_once_per_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("state", "open")),
                            models.Q(("finished_at__isnull", False), ("state", "done")),
                            _connector="OR",
                        ),
                        name="runs_run_done_has_its_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StepProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="step")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("running", "Under way"), ("done", "Done")],
                        default="waiting",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("open_session", models.BooleanField(default=False)),
                ("total", models.PositiveIntegerField(null=True, verbose_name="items")),
                ("started_at", models.DateTimeField(null=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="runs.run"
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a daily run",
                "verbose_name_plural": "steps of a daily run",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, verbose_name="item")),
                (
                    "state",
                    models.CharField(
                        choices=[("done", "Done"), ("failed", "To be tried again"), ("parked", "Parked")],
                        max_length=6,
                        verbose_name="state",
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=40, verbose_name="outcome")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="next try")),
                ("error", models.TextField(blank=True, verbose_name="last error")),
                ("at", models.DateTimeField(verbose_name="time")),
                (
                    "step",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="runs.stepprogress",
                    ),
                ),
            ],
            options={
                "verbose_name": "item of a daily run",
                "verbose_name_plural": "items of a daily run",
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="stepprogress",
            constraint=models.UniqueConstraint(fields=("run", "name"), name="runs_step_once_per_run"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("state", "done"), _negated=True), fields=["step", "id"], name="runs_item_in_trouble"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("step", "key"), name="runs_item_once_per_step"),
        ),
    ]
