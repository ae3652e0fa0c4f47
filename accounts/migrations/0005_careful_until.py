"""Adds until when only small sums leave online after a second step was recovered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_more_staff_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="careful_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="small sums only until"),
        ),
    ]
