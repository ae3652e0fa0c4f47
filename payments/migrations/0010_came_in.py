"""An index by which the monitor sees who paid an account lately; made while payments go on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("payments", "0009_holdings_as_of"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("kind", "customer"), ("state", "confirmed")),
                fields=["destination", "confirmed_at"],
                include=("payer", "amount"),
                name="transfer_came_in",
            ),
        ),
    ]
