"""Files, statements and repairs of payments that another room carries (abroad): who wrote a file, which payment a line
belongs to, whose item it is. Everything that stands there is this room's own and stays so.
"""

from django.db import migrations, models
from django.db.models import Q

# Until now the one thing payments abroad queued: money for an account that was closed, named by its reference alone.
QUEUED_BEFORE = """
UPDATE clearing_repairitem SET room = 'abroad'
 WHERE cause = 'account_closed' AND payment_id IS NULL AND statement_entry_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("clearing", "0003_same_limits")]

    operations = [
        migrations.AddField(
            model_name="inboundfile",
            name="sender",
            field=models.CharField(blank=True, db_default="", max_length=11, verbose_name="sender"),
        ),
        migrations.AddField(
            model_name="repairitem",
            name="room",
            field=models.CharField(blank=True, db_default="", max_length=20, verbose_name="area"),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="matched_with",
            field=models.CharField(blank=True, db_default="", max_length=20, verbose_name="reference of the payment"),
        ),
        migrations.RemoveConstraint(model_name="inboundfile", name="inbound_message_taken_once"),
        migrations.AddConstraint(
            model_name="inboundfile",
            constraint=models.UniqueConstraint(
                fields=["kind", "sender", "message_id"],
                condition=Q(state="taken"),
                name="inbound_message_of_sender_once",
            ),
        ),
        migrations.RemoveConstraint(model_name="statemententry", name="nostro_matched_names_its_movement"),
        migrations.AddConstraint(
            model_name="statemententry",
            constraint=models.CheckConstraint(
                condition=~Q(state="matched")
                | Q(
                    Q(payment__isnull=False, matched_with="") | Q(Q(payment__isnull=True), ~Q(matched_with="")),
                    movement__in=["settlement", "return"],
                ),
                name="nostro_match_names_its_movement",
            ),
        ),
        migrations.AddConstraint(
            model_name="statemententry",
            constraint=models.UniqueConstraint(
                fields=["matched_with", "movement"],
                condition=Q(state="matched") & ~Q(matched_with=""),
                name="nostro_movement_elsewhere_once",
            ),
        ),
        migrations.RunSQL(QUEUED_BEFORE, migrations.RunSQL.noop),
    ]
