"""A fact's deliveries are found by the unique (fact, handler): the index on the fact alone was written for nothing."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="fact",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="outbox.factrecord",
                verbose_name="fact",
            ),
        ),
    ]
