import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_faster"),
        ("statements", "0002_saved_searches_and_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("block", models.PositiveIntegerField(verbose_name="block")),
                ("grams", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
            ],
            options={
                "verbose_name": "block of transactions",
                "verbose_name_plural": "blocks of transactions",
                "default_permissions": (),
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="searchblock_grams")],
                "constraints": [models.UniqueConstraint(fields=("account", "block"), name="searchblock_once")],
            },
        ),
    ]
