"""Drafts of rules, and what they would have found among the payments of the past."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0001_rules_and_alerts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Trial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("code", models.CharField(max_length=8, verbose_name="code")),
                ("based_on", models.PositiveIntegerField(verbose_name="drafted from version")),
                (
                    "mode",
                    models.CharField(
                        choices=[("live", "Live"), ("shadow", "Shadow"), ("off", "Off")],
                        max_length=6,
                        verbose_name="mode",
                    ),
                ),
                (
                    "outcome",
                    models.SmallIntegerField(
                        choices=[
                            (0, "Adds points"),
                            (1, "Goes, and a colleague looks at it"),
                            (2, "Never without a code"),
                            (3, "Held for a while, then goes"),
                            (4, "Held until the customer confirms once more"),
                            (5, "Held until a colleague decides"),
                        ],
                        verbose_name="outcome",
                    ),
                ),
                ("points", models.SmallIntegerField(default=0, verbose_name="points")),
                ("condition", models.JSONField(verbose_name="condition")),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(verbose_name="to")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Being tried"), ("done", "Tried"), ("failed", "Could not be tried")],
                        db_default="waiting",
                        default="waiting",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("report", models.JSONField(null=True, verbose_name="report")),
                (
                    "why",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="why not"),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "trial of a rule",
                "verbose_name_plural": "trials of rules",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("report__isnull", True), ("state", "waiting")),
                            models.Q(("ended_at__isnull", False), ("report__isnull", False), ("state", "done")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("report__isnull", True),
                                ("state", "failed"),
                                models.Q(("why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="monitoring_trial_ends_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__range", (0, 100)), ("until__gte", models.F("since"))),
                        name="monitoring_trial_range",
                    ),
                ],
            },
        ),
    ]
