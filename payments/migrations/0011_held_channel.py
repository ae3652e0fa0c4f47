"""By which channel a held payment came: what was agreed before is carried out by the bank's own run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0010_came_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="holding",
            name="channel",
            field=models.CharField(db_default="online", max_length=9, verbose_name="channel"),
        ),
    ]
