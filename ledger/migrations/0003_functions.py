from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]

    operations = [
        migrations.RunSQL(
            sql=(SQL / "0003_functions.sql").read_text(encoding="utf-8"),
            reverse_sql=(SQL / "0003_functions_undo.sql").read_text(encoding="utf-8"),
        )
    ]
