"""Pauses: a rule that rests for one customer for a time."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_classes_and_expiry"),
        ("monitoring", "0002_trials"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("code", models.CharField(max_length=8, verbose_name="code")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("change", models.UUIDField(editable=False, unique=True, verbose_name="change")),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="monitoring.alert"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "pause of a rule",
                "verbose_name_plural": "pauses of rules",
                "default_permissions": (),
                "indexes": [models.Index(fields=["customer", "code"], name="monitoring_pause_of_customer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))), name="monitoring_pause_ends_after"
                    )
                ],
            },
        ),
    ]
