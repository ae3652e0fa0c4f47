"""Dated transfers and standing orders, and what became of each date."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_careful_until"),
        ("payments", "0003_without_pattern_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("own", "Between own accounts"), ("customer", "To another customer")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("shown_name", models.CharField(max_length=120, verbose_name="payee as shown")),
                ("amount", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("memo", models.CharField(blank=True, max_length=100, verbose_name="memo")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("once", "once"),
                            ("day", "day"),
                            ("week", "week"),
                            ("month", "month"),
                            ("year", "year"),
                        ],
                        max_length=5,
                        verbose_name="rhythm",
                    ),
                ),
                ("every", models.PositiveSmallIntegerField(default=1, verbose_name="every so many")),
                ("starts_on", models.DateField(verbose_name="first date")),
                ("last_day", models.BooleanField(default=False, verbose_name="on the last day of the month")),
                (
                    "holiday",
                    models.CharField(
                        choices=[("same", "same"), ("before", "before"), ("after", "after"), ("skip", "skip")],
                        max_length=6,
                        verbose_name="when it is no working day",
                    ),
                ),
                ("until", models.DateField(null=True, verbose_name="last possible date")),
                ("count", models.PositiveIntegerField(null=True, verbose_name="number of payments")),
                ("total", models.BigIntegerField(null=True, verbose_name="total")),
                ("notice_days", models.PositiveSmallIntegerField(default=0, verbose_name="days of notice")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("cancelled", "Cancelled"),
                            ("ended", "Ended"),
                        ],
                        default="active",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("ended_because", models.CharField(blank=True, max_length=30, verbose_name="ended because")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                ("next_index", models.PositiveIntegerField(default=0)),
                ("next_nominal", models.DateField(null=True, verbose_name="next date as agreed")),
                ("next_day", models.DateField(null=True, verbose_name="next date")),
                ("told_for", models.DateField(null=True)),
                ("paid_count", models.PositiveIntegerField(default=0, verbose_name="payments made")),
                ("paid_total", models.BigIntegerField(default=0, verbose_name="paid so far")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("step_up", models.UUIDField(editable=False, null=True)),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "brought",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="brought_to_life",
                        to="payments.standingorder",
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.bankaccount"
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schedules",
                        to="payments.payee",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="schedules", to="accounts.customer"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.bankaccount"
                    ),
                ),
            ],
            options={
                "verbose_name": "dated transfer or standing order",
                "verbose_name_plural": "dated transfers and standing orders",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("key", models.UUIDField(editable=False)),
                ("terms", models.JSONField(verbose_name="terms")),
                ("version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("expires_at", models.DateTimeField(verbose_name="void after")),
                (
                    "brought",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.standingorder",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.customer"
                    ),
                ),
                (
                    "changes",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schedules.schedule",
                    ),
                ),
                (
                    "made",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schedules.schedule",
                    ),
                ),
            ],
            options={
                "verbose_name": "order that waits for confirmation",
                "verbose_name_plural": "orders that wait for confirmation",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Occurrence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nominal", models.DateField(verbose_name="date as agreed")),
                ("day", models.DateField(verbose_name="date")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("made", "Made"),
                            ("short", "The account was short; tried again later the same day"),
                            ("missed", "Not made"),
                            ("skipped", "Left out at your wish"),
                        ],
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=30, verbose_name="reason")),
                ("amount", models.BigIntegerField(verbose_name="amount")),
                ("at", models.DateTimeField(verbose_name="time")),
                (
                    "transfer",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occurrence",
                        to="payments.transfer",
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occurrences",
                        to="schedules.schedule",
                    ),
                ),
            ],
            options={
                "verbose_name": "date of a standing order",
                "verbose_name_plural": "dates of standing orders",
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(condition=models.Q(("state", "active")), fields=["next_day", "id"], name="schedule_due"),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("amount__lte", 100000000000000000)),
                name="schedule_moves_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", models.F("destination")), _negated=True),
                name="schedule_between_two_accounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", True),
                        ("next_day__isnull", False),
                        ("next_nominal__isnull", False),
                        ("state__in", ["active", "paused"]),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("next_day__isnull", True),
                        ("next_nominal__isnull", True),
                        ("state__in", ["cancelled", "ended"]),
                    ),
                    _connector="OR",
                ),
                name="schedule_runs_or_has_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "own"), ("payee__isnull", True)),
                    models.Q(("kind", "customer"), ("payee__isnull", False)),
                    _connector="OR",
                ),
                name="schedule_kind_has_its_payee",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("every__gte", 1),
                    ("every__lte", 99),
                    ("unit__in", ["once", "day", "week", "month", "year"]),
                    ("holiday__in", ["same", "before", "after", "skip"]),
                ),
                name="schedule_rhythm",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("total__isnull", True),
                        models.Q(("paid_total__lte", models.F("total")), ("total__gt", 0)),
                        _connector="OR",
                    ),
                    models.Q(
                        ("count__isnull", True),
                        models.Q(("count__gt", 0), ("paid_count__lte", models.F("count"))),
                        _connector="OR",
                    ),
                ),
                name="schedule_pays_no_more_than_agreed",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(fields=("customer", "key"), name="proposal_one_per_form"),
        ),
        migrations.AddIndex(
            model_name="occurrence",
            index=models.Index(
                condition=models.Q(("state", "short")), fields=["day", "schedule"], name="occurrence_short"
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(fields=("schedule", "nominal"), name="occurrence_once_per_date"),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "made"), ("transfer__isnull", False)),
                    models.Q(("state__in", ["short", "missed", "skipped"]), ("transfer__isnull", True)),
                    _connector="OR",
                ),
                name="occurrence_made_means_a_transfer",
            ),
        ),
    ]
