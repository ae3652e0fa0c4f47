"""A date whose money was held and given back was not paid, and keeps its transfer; wider than before, so nothing waits."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("schedules", "0001_initial"),
    ]

    operations = [
        AddConstraintNotValid(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "made"), ("transfer__isnull", False))
                | models.Q(("state", "missed"))
                | models.Q(("state__in", ["short", "skipped"]), ("transfer__isnull", True)),
                name="occurrence_transfer_fits_its_state",
            ),
        ),
        ValidateConstraint(model_name="occurrence", name="occurrence_transfer_fits_its_state"),
        migrations.RemoveConstraint(model_name="occurrence", name="occurrence_made_means_a_transfer"),
    ]
