"""Finds the entries that came since the last roll-up. A block-range index costs a booking next to nothing."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial"), ("ledger", "0001_initial"), ("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """CREATE INDEX analytics_entry_by_transaction ON ledger_entry
               USING brin (((xid::text)::bigint)) WITH (pages_per_range = 16, autosummarize = on)""",
            "DROP INDEX analytics_entry_by_transaction",
        )
    ]
