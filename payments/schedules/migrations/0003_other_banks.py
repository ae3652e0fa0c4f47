"""An order may pay a payee at another bank. Code that knows none goes on: it makes no such orders.

Taken back only while there is no such order: the table's own judge refuses otherwise.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

KIND = models.CharField(
    choices=[("own", "Between own accounts"), ("customer", "To another customer"), ("bank", "To another bank")],
    max_length=8,
    verbose_name="kind",
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("schedules", "0002_given_back"), ("clearing", "0005_held")]

    operations = [
        migrations.AlterField(
            "schedule",
            "destination",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.bankaccount"
            ),
        ),
        migrations.AddField(
            "schedule",
            "other_payee",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="schedules",
                to="clearing.otherpayee",
                verbose_name="payee at another bank",
            ),
        ),
        migrations.AlterField("schedule", "kind", KIND),
        migrations.AddField(
            "occurrence",
            "payment",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="occurrence",
                to="clearing.payment",
                verbose_name="payment to another bank",
            ),
        ),
        AddConstraintNotValid(
            "schedule",
            models.CheckConstraint(
                condition=Q(kind="own", destination__isnull=False, payee__isnull=True, other_payee__isnull=True)
                | Q(kind="customer", destination__isnull=False, payee__isnull=False, other_payee__isnull=True)
                | Q(kind="bank", destination__isnull=True, payee__isnull=True, other_payee__isnull=False),
                name="schedule_kind_has_its_end",
            ),
        ),
        ValidateConstraint("schedule", "schedule_kind_has_its_end"),
        migrations.RemoveConstraint("schedule", "schedule_kind_has_its_payee"),
        AddConstraintNotValid(
            "occurrence",
            models.CheckConstraint(
                condition=Q(state="made", transfer__isnull=False, payment__isnull=True)
                | Q(state="made", transfer__isnull=True, payment__isnull=False)
                | Q(state="missed")
                | Q(state__in=["short", "skipped"], transfer__isnull=True, payment__isnull=True),
                name="occurrence_fits_its_state",
            ),
        ),
        ValidateConstraint("occurrence", "occurrence_fits_its_state"),
        migrations.RemoveConstraint("occurrence", "occurrence_transfer_fits_its_state"),
    ]
