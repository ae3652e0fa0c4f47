"""The money of a payment abroad can be asked back too."""

import importlib

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

before: str = importlib.import_module("payments.recalls.migrations.0002_guards").FORWARD
FUNCTION = before[: before.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
KEPT = ("NEW.payment_id, NEW.amount", "OLD.payment_id, OLD.amount")
WITH_ABROAD = ("NEW.payment_id, NEW.abroad_id, NEW.amount", "OLD.payment_id, OLD.abroad_id, OLD.amount")


def function() -> str:
    """The guard, which also keeps what the request is about where it is a payment abroad."""
    text = FUNCTION
    for old, new in zip(KEPT, WITH_ABROAD, strict=True):
        start, end = text.split(old)
        text = start + new + end
    return text


class Migration(migrations.Migration):
    dependencies = [("recalls", "0003_given_back_is_no_payment"), ("crossborder", "0005_judged")]

    operations = [
        migrations.AddField(
            "recall",
            "abroad",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recall",
                to="crossborder.payment",
                verbose_name="payment abroad",
            ),
        ),
        migrations.RemoveConstraint("recall", "recall_of_one_payment"),
        migrations.AddConstraint(
            "recall",
            models.CheckConstraint(
                condition=Q(transfer__isnull=False, payment__isnull=True, abroad__isnull=True)
                | Q(transfer__isnull=True, payment__isnull=False, abroad__isnull=True)
                | Q(transfer__isnull=True, payment__isnull=True, abroad__isnull=False),
                name="recall_of_one_payment",
            ),
        ),
        migrations.RemoveIndex("recall", "recall_to_send"),
        migrations.AddIndex(
            "recall",
            models.Index(fields=["id"], condition=Q(state="asked", transfer__isnull=True), name="recall_to_send"),
        ),
        migrations.RunSQL(function(), FUNCTION),
    ]
