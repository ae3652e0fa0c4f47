"""Payments abroad before the rules against fraud: what they asked for is kept with the payment, and binds.

The guard of migration 0004 is replaced by one that keeps it as it was when the payment was confirmed, and lets nothing
that the rules keep back leave without people.
"""

import importlib

from django.db import migrations, models

last = importlib.import_module("payments.crossborder.migrations.0004_answers")
GUARD = last.GUARD.replace(last.STEPS, last.MORE_STEPS).replace(last.STAYS, last.MORE_STAYS)
NEW_GUARD = (
    GUARD.replace("NEW.declared_at, NEW.step_up\n", "NEW.declared_at, NEW.step_up, NEW.outcome, NEW.not_judged\n")
    .replace("OLD.declared_at, OLD.step_up\n", "OLD.declared_at, OLD.step_up, OLD.outcome, OLD.not_judged\n")
    .replace(
        "    IF NEW.state = 'revoked' AND",
        """    IF OLD.state = 'accepted' AND NEW.state = 'ready' AND OLD.outcome > 2 THEN
        RAISE EXCEPTION 'payment % is kept back by rules: people decide', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'revoked' AND""",
        1,
    )
)


class Migration(migrations.Migration):
    dependencies = [("crossborder", "0004_answers")]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="outcome",
            field=models.SmallIntegerField(editable=False, null=True, verbose_name="outcome"),
        ),
        migrations.AddField(
            model_name="payment",
            name="not_judged",
            field=models.BooleanField(db_default=False, editable=False, verbose_name="without a verdict of the rules"),
        ),
        migrations.RunSQL(NEW_GUARD, GUARD),
    ]
