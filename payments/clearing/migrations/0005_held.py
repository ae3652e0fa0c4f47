"""A payment that its payer has confirmed may be held before it is taken into clearing: `held`, and `stopped` when it was
given back. Nothing is booked in either. Code that knows neither goes on: it makes no such rows and sends none.

Taken back only while no payment is held or was stopped: the table's own judge refuses otherwise.
"""

import importlib

from django.db import migrations, models
from django.db.models import Q

before = importlib.import_module("payments.clearing.migrations.0002_guards")
HEAD = "CREATE OR REPLACE FUNCTION clearing_guard_payment()"
MOVES_ON = before.FORWARD[: before.FORWARD.index("CREATE TRIGGER clearing_payment_moves_on")].replace(
    "CREATE FUNCTION clearing_guard_payment()", HEAD
)
STEPS = "('draft', 'accepted'), ('draft', 'void'),"
STAYS = "    IF OLD.state NOT IN ('draft', 'void') AND ("
# What is held keeps what its payer approved; way and promise are made anew when it goes, and its entry is made then.
HELD_STAYS = """    IF OLD.state = 'held' AND (
        NEW.payer_id, NEW.source_id, NEW.payee_bank, NEW.payee_number, NEW.payee_name, NEW.amount, NEW.currency,
        NEW.reference, NEW.mode, NEW.step_up
    ) IS DISTINCT FROM (
        OLD.payer_id, OLD.source_id, OLD.payee_bank, OLD.payee_number, OLD.payee_name, OLD.amount, OLD.currency,
        OLD.reference, OLD.mode, OLD.step_up
    ) THEN
        RAISE EXCEPTION 'payment % is held as it was confirmed', OLD.id USING ERRCODE = 'check_violation';
    END IF;
"""
WITH_HELD = MOVES_ON.replace(STEPS, f"{STEPS} ('draft', 'held'), ('held', 'accepted'), ('held', 'stopped'),").replace(
    STAYS, HELD_STAYS + STAYS.replace("'void'", "'void', 'held'")
)


def booked(unbooked: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(state__in=unbooked, entry__isnull=True, confirmed_at__isnull=True)
        | Q(
            ~Q(state__in=unbooked),
            entry__isnull=False,
            confirmed_at__isnull=False,
            business_date__isnull=False,
        ),
        name="bank_payment_confirmed_means_booked",
    )


CHOICES = [
    ("draft", "Waiting for confirmation"),
    ("void", "Void"),
    ("held", "Held"),
    ("stopped", "Not sent"),
    ("accepted", "Accepted"),
    ("revoked", "Taken back"),
    ("sent", "On its way"),
    ("checking", "Being checked"),
    ("settled", "Arrived"),
    ("rejected", "Refused by the other bank"),
    ("returned", "Sent back"),
]


class Migration(migrations.Migration):
    dependencies = [("clearing", "0004_other_rooms"), ("payments", "0010_came_in")]

    operations = [
        migrations.AlterField(
            model_name="payment",
            name="state",
            field=models.CharField(choices=CHOICES, default="draft", max_length=9, verbose_name="state"),
        ),
        migrations.AlterField(
            model_name="step",
            name="state",
            field=models.CharField(choices=CHOICES, max_length=9, verbose_name="state"),
        ),
        migrations.RemoveConstraint(model_name="payment", name="bank_payment_confirmed_means_booked"),
        migrations.AddConstraint(model_name="payment", constraint=booked(["draft", "void", "held", "stopped"])),
        migrations.RunSQL(WITH_HELD, MOVES_ON),
    ]
