import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_classes_and_expiry"),
        ("statements", "0001_issued_papers"),
    ]

    operations = [
        migrations.CreateModel(
            name="MovementFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("key", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("csv", "CSV"), ("xlsx", "Excel"), ("pdf", "PDF")], max_length=4, verbose_name="kind"
                    ),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("query", models.JSONField(verbose_name="what is searched for")),
                ("count", models.PositiveIntegerField(verbose_name="movements")),
                ("money_in", models.BigIntegerField(verbose_name="money in")),
                ("money_out", models.BigIntegerField(verbose_name="money out")),
                ("through", models.BigIntegerField(verbose_name="last line")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="movements written")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Being prepared"),
                            ("ready", "Ready"),
                            ("expired", "Deleted"),
                            ("failed", "Could not be made"),
                        ],
                        default="waiting",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked for at")),
                ("ready_at", models.DateTimeField(null=True, verbose_name="ready at")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="kept until")),
                ("deleted_at", models.DateTimeField(null=True, verbose_name="deleted at")),
                (
                    "bank_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movement_files",
                        to="accounts.bankaccount",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movement_files",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of transactions",
                "verbose_name_plural": "files of transactions",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="MovementFilePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="part")),
                ("last_line", models.BigIntegerField(verbose_name="last line")),
                ("count", models.PositiveIntegerField(verbose_name="movements")),
                ("money_in", models.BigIntegerField(verbose_name="money in")),
                ("money_out", models.BigIntegerField(verbose_name="money out")),
                ("stored", models.CharField(blank=True, max_length=80, verbose_name="stored as")),
                ("size", models.PositiveBigIntegerField(verbose_name="bytes")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="statements.movementfile"
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a file of transactions",
                "verbose_name_plural": "parts of files of transactions",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("query", models.JSONField(verbose_name="what is searched for")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_searches",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved search",
                "verbose_name_plural": "saved searches",
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="movementfile",
            index=models.Index(fields=["customer", "-asked_at"], name="movementfile_newest_first"),
        ),
        migrations.AddIndex(
            model_name="movementfile",
            index=models.Index(
                condition=models.Q(("state", "ready")), fields=["expires_at"], name="movementfile_to_delete"
            ),
        ),
        migrations.AddConstraint(
            model_name="movementfile",
            constraint=models.UniqueConstraint(fields=("customer", "key"), name="movementfile_once_per_form"),
        ),
        migrations.AddConstraint(
            model_name="movementfile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")), fields=("customer",), name="movementfile_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="movementfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ready"), _negated=True),
                    models.Q(
                        ("done", models.F("count")),
                        ("expires_at__gt", models.F("ready_at")),
                        ("ready_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="movementfile_ready_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="movementfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("count__gt", 0), ("done__lte", models.F("count")), ("money_in__gte", 0), ("money_out__gte", 0)
                ),
                name="movementfile_counts",
            ),
        ),
        migrations.AddConstraint(
            model_name="movementfilepart",
            constraint=models.UniqueConstraint(fields=("file", "number"), name="movementfilepart_once"),
        ),
        migrations.AddConstraint(
            model_name="savedsearch",
            constraint=models.UniqueConstraint(
                models.F("customer"), django.db.models.functions.text.Lower("name"), name="search_once_per_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedsearch",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("query", {}), _negated=True)),
                name="search_is_named_and_asks_something",
            ),
        ),
    ]
