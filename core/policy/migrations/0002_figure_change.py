"""A figure says by which change of two people it came; those of a release's file have none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="figure",
            name="change",
            field=models.UUIDField(null=True, unique=True, verbose_name="change by two people"),
        ),
    ]
