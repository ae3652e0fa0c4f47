"""By when the money was promised to be there, beside what happened: for transfers made at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_movement_papers")]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="promised_by",
            field=models.DateTimeField(null=True, verbose_name="promised by"),
        ),
    ]
