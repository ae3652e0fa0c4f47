"""The same guards and doors with less work: each account on the lines is looked at once, each line is sorted once less."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_functions")]

    operations = [
        migrations.RunSQL(
            sql=(SQL / "0004_faster.sql").read_text(encoding="utf-8"),
            reverse_sql=(SQL / "0004_faster_undo.sql").read_text(encoding="utf-8"),
        )
    ]
