"""A limit that customers may set for what one payee gets in a day."""

from django.db import migrations, models
from django.db.models import Q

SUMS, COUNTS = ["payment", "day", "month", "year"], ["day_count", "month_count", "year_count"]


def has_its_unit(sums: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(which__in=sums, currency__regex="^[A-Z]{3}$") | Q(which__in=COUNTS, currency=""),
        name="own_limit_has_its_unit",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0011_held_channel"),
    ]

    operations = [
        migrations.RemoveConstraint("ownlimit", "own_limit_has_its_unit"),
        migrations.AddConstraint("ownlimit", has_its_unit([*SUMS, "payee_day"])),
        migrations.AlterField(
            "ownlimit",
            "which",
            models.CharField(
                verbose_name="limit",
                max_length=12,
                choices=[
                    ("payment", "One transfer"),
                    ("day", "A day"),
                    ("month", "A month"),
                    ("year", "A year"),
                    ("day_count", "Transfers a day"),
                    ("month_count", "Transfers a month"),
                    ("year_count", "Transfers a year"),
                    ("payee_day", "A day, to one payee"),
                ],
            ),
        ),
    ]
