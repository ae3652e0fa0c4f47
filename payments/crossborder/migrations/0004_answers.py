"""What correspondents answer: a payment that left arrives, or comes back once, and its table of states knows it.

The guard of migration 0002 is replaced by one that lets these steps pass and holds what was booked of them.
"""

import importlib

import django.db.models.deletion
from django.db import migrations, models


before = importlib.import_module("payments.crossborder.migrations.0002_guards")
GUARD = before.FORWARD[: before.FORWARD.index("CREATE TRIGGER crossborder_payment_moves_on")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
STEPS = "('ready', 'sent'), ('ready', 'revoked')"
MORE_STEPS = (
    STEPS
    + """,
        ('sent', 'arrived'), ('sent', 'rejected'), ('sent', 'returned'), ('arrived', 'returned')"""
)
STAYS = "IF OLD.release_id IS NOT NULL AND NEW.release_id IS DISTINCT FROM OLD.release_id"
MORE_STAYS = (
    STAYS
    + """
       OR OLD.comeback_id IS NOT NULL AND (NEW.comeback_id, NEW.came_back) IS DISTINCT FROM
                                          (OLD.comeback_id, OLD.came_back)
       OR OLD.fee_back_id IS NOT NULL AND NEW.fee_back_id IS DISTINCT FROM OLD.fee_back_id"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_classes_and_expiry"),
        ("clearing", "0004_other_rooms"),
        ("crossborder", "0003_same_limits"),
        ("ledger", "0004_faster"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_abroad_sent_means_booked",
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_abroad_back_means_booked",
        ),
        migrations.AddField(
            model_name="payment",
            name="arrived_at",
            field=models.DateTimeField(null=True, verbose_name="arrived at"),
        ),
        migrations.AddField(
            model_name="payment",
            name="came_back",
            field=models.BigIntegerField(null=True, verbose_name="came back"),
        ),
        migrations.AddField(
            model_name="payment",
            name="comeback",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="credited",
            field=models.BigIntegerField(null=True, verbose_name="credited"),
        ),
        migrations.AddField(
            model_name="payment",
            name="credited_currency",
            field=models.CharField(blank=True, db_default="", max_length=3, verbose_name="currency credited"),
        ),
        migrations.AddField(
            model_name="payment",
            name="credited_to",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.bankaccount",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="fee_back",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="heard_at",
            field=models.DateTimeField(null=True, verbose_name="last heard of"),
        ),
        migrations.AddField(
            model_name="payment",
            name="reason_code",
            field=models.CharField(blank=True, db_default="", max_length=4, verbose_name="reason code"),
        ),
        migrations.AddField(
            model_name="step",
            name="code",
            field=models.CharField(blank=True, db_default="", max_length=4, verbose_name="reason code"),
        ),
        migrations.AddField(
            model_name="step",
            name="file",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clearing.inboundfile"
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="heard",
            field=models.CharField(blank=True, db_default="", max_length=12, verbose_name="heard"),
        ),
        migrations.AddField(
            model_name="step",
            name="note",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="note"),
        ),
        migrations.AlterField(
            model_name="payment",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Waiting for confirmation"),
                    ("void", "Void"),
                    ("accepted", "Accepted"),
                    ("review", "Being looked at"),
                    ("ready", "Ready to leave"),
                    ("sent", "Sent abroad"),
                    ("arrived", "Arrived"),
                    ("rejected", "Not carried out abroad"),
                    ("returned", "Sent back"),
                    ("refused", "Refused by us"),
                    ("revoked", "Taken back"),
                ],
                default="draft",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Waiting for confirmation"),
                    ("void", "Void"),
                    ("accepted", "Accepted"),
                    ("review", "Being looked at"),
                    ("ready", "Ready to leave"),
                    ("sent", "Sent abroad"),
                    ("arrived", "Arrived"),
                    ("rejected", "Not carried out abroad"),
                    ("returned", "Sent back"),
                    ("refused", "Refused by us"),
                    ("revoked", "Taken back"),
                ],
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("state", "sent")), fields=["sent_at"], name="payment_abroad_unanswered"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("message__isnull", False),
                        ("release__isnull", False),
                        ("sent_at__isnull", False),
                        ("state__in", ["sent", "arrived", "rejected", "returned"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["sent", "arrived", "rejected", "returned"]), _negated=True),
                        ("release__isnull", True),
                        ("sent_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="payment_abroad_left_means_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", False), ("reversal__isnull", False), ("state__in", ["refused", "revoked"])
                    ),
                    models.Q(
                        ("ended_at__isnull", False), ("reversal__isnull", True), ("state__in", ["rejected", "returned"])
                    ),
                    models.Q(
                        models.Q(("state__in", ["refused", "revoked", "rejected", "returned"]), _negated=True),
                        ("ended_at__isnull", True),
                        ("reversal__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="payment_abroad_given_back_means_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("came_back__gt", 0),
                        ("came_back__lte", models.F("leaves")),
                        ("comeback__isnull", False),
                        ("state__in", ["rejected", "returned"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["rejected", "returned"]), _negated=True),
                        ("came_back__isnull", True),
                        ("comeback__isnull", True),
                        ("credited__isnull", True),
                        ("fee_back__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="payment_abroad_came_back_means_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "arrived"), _negated=True), ("arrived_at__isnull", False), _connector="OR"
                ),
                name="payment_abroad_arrived_says_when",
            ),
        ),
        migrations.RunSQL(GUARD.replace(STEPS, MORE_STEPS).replace(STAYS, MORE_STAYS), GUARD),
    ]
