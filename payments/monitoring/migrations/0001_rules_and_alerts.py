"""Monitoring rules version by version, what they hit, and the alerts."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0006_classes_and_expiry"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=10, verbose_name="kind")),
                ("payment", models.UUIDField(editable=False, unique=True, verbose_name="payment")),
                ("amount", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
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
                ("points", models.SmallIntegerField(verbose_name="points")),
                ("judged_at", models.DateTimeField(verbose_name="judged at")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("", "Not decided"), ("fraud", "Suspicion confirmed"), ("false", "False alarm")],
                        db_default="",
                        default="",
                        max_length=5,
                        verbose_name="verdict",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, verbose_name="code")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
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
                ("points", models.SmallIntegerField(db_default=0, default=0, verbose_name="points")),
                ("condition", models.JSONField(verbose_name="condition")),
                ("title_zh", models.CharField(max_length=80, verbose_name="in Chinese")),
                ("title_en", models.CharField(max_length=120, verbose_name="in English")),
                ("counts_from", models.DateField(verbose_name="counts from")),
                ("change", models.UUIDField(editable=False, null=True, verbose_name="change")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
            ],
            options={
                "verbose_name": "monitoring rule",
                "verbose_name_plural": "monitoring rules",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="monitoring_rule_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("change__isnull", False)),
                        fields=("change",),
                        name="monitoring_rule_once_per_change",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__range", (0, 100)), ("version__gte", 1)),
                        name="monitoring_rule_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measured", models.JSONField(verbose_name="measured")),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hits", to="monitoring.alert"
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hits", to="monitoring.ruleversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "hit",
                "verbose_name_plural": "hits",
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["judged_at"], name="monitoring_alert_by_time"),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("verdict", "")),
                    models.Q(models.Q(("verdict", ""), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="monitoring_alert_decided_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="hit",
            constraint=models.UniqueConstraint(fields=("alert", "rule"), name="monitoring_hit_once"),
        ),
    ]
