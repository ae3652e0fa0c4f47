"""Papers of movements, each with the code by which it is checked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_classes_and_expiry"),
        ("payments", "0004_amounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="MovementPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(verbose_name="line of the account")),
                ("verification_code", models.CharField(max_length=32, unique=True, verbose_name="verification code")),
                ("issued_at", models.DateTimeField(verbose_name="issued at")),
                (
                    "bank_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.bankaccount"
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt of a movement",
                "verbose_name_plural": "receipts of movements",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("bank_account", "number"), name="movement_paper_once_per_line")
                ],
            },
        ),
    ]
