"""What was held of a payer at a moment is found by an index: the monitor asks for it at every payment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_held_sums")]

    operations = [
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(fields=["payer", "held_at"], name="holding_by_payer_and_time"),
        ),
    ]
