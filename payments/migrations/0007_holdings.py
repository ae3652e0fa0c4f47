"""Payments that are held: confirmed by their payer, the money held on its account, not booked yet."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_classes_and_expiry"),
        ("ledger", "0004_faster"),
        ("payments", "0006_promised_by"),
    ]

    operations = [
        migrations.CreateModel(
            name="Holding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payment", models.UUIDField(unique=True, verbose_name="payment")),
                ("kind", models.CharField(default="customer", max_length=8, verbose_name="kind")),
                ("amount", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("payee_since", models.DateTimeField(null=True, verbose_name="payee known since")),
                (
                    "state",
                    models.CharField(
                        choices=[("held", "Held"), ("released", "Sent"), ("given_back", "Given back")],
                        default="held",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "waits",
                    models.CharField(
                        choices=[
                            ("delay", "For its time"),
                            ("confirm", "For the customer's word"),
                            ("review", "For a colleague"),
                        ],
                        max_length=7,
                        verbose_name="waits for",
                    ),
                ),
                ("not_judged", models.BooleanField(default=False, verbose_name="not judged")),
                ("alert", models.UUIDField(null=True, verbose_name="alert")),
                ("held_at", models.DateTimeField(verbose_name="held at")),
                ("until", models.DateTimeField(verbose_name="held until")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("time", "Time"),
                            ("customer", "Customer"),
                            ("bank", "Bank"),
                            ("monitor", "Payment rules"),
                            ("freeze", "Locked access"),
                            ("hindered", "It could not be sent any more"),
                        ],
                        max_length=8,
                        verbose_name="ended by",
                    ),
                ),
            ],
            options={
                "verbose_name": "held payment",
                "verbose_name_plural": "held payments",
                "default_permissions": ("view",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="transfer",
            name="transfer_one_per_form",
        ),
        migrations.RemoveConstraint(
            model_name="transfer",
            name="transfer_confirmed_means_booked",
        ),
        migrations.AlterField(
            model_name="transfer",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Waiting for confirmation"),
                    ("confirmed", "Done"),
                    ("held", "Held"),
                    ("stopped", "Not sent"),
                    ("refused", "Void"),
                    ("expired", "Out of time"),
                ],
                default="draft",
                max_length=9,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "confirmed", "held", "stopped"])),
                fields=("payer", "key"),
                name="transfer_once_per_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("business_date__isnull", False),
                        ("confirmed_at__isnull", False),
                        ("entry__isnull", False),
                        ("state", "confirmed"),
                        ("verification_code__isnull", False),
                    ),
                    models.Q(
                        ("business_date__isnull", True),
                        ("confirmed_at__isnull", True),
                        ("entry__isnull", True),
                        ("state__in", ["draft", "held", "stopped", "refused", "expired"]),
                        ("verification_code__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="transfer_confirmed_means_booked",
            ),
        ),
        migrations.AddField(
            model_name="holding",
            name="hold",
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.hold"),
        ),
        migrations.AddField(
            model_name="holding",
            name="payer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holdings",
                to="accounts.customer",
            ),
        ),
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(condition=models.Q(("state", "held")), fields=["payer"], name="holding_of_payer"),
        ),
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(condition=models.Q(("state", "held")), fields=["until"], name="holding_due"),
        ),
        migrations.AddConstraint(
            model_name="holding",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("amount__lte", 100000000000000000)),
                name="holding_holds_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="holding",
            constraint=models.CheckConstraint(
                condition=models.Q(("waits__in", ["delay", "confirm", "review"])), name="holding_waits"
            ),
        ),
        migrations.AddConstraint(
            model_name="holding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by", ""), ("state", "held")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("state__in", ["released", "given_back"]),
                        models.Q(("ended_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="holding_ends_once",
            ),
        ),
    ]
