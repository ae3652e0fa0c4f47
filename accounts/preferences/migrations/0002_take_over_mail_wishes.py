"""Who had switched copies by e-mail off keeps them off. The earlier table stays for a release, so going back loses nothing."""

from django.db import migrations

TAKE_OVER = """
    INSERT INTO preferences_preferences (user_id, channels, changed_at)
    SELECT user_id, '{"*": []}'::jsonb, now() FROM inbox_mailwish WHERE NOT wanted
    ON CONFLICT (user_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("preferences", "0001_initial"), ("inbox", "0001_initial")]

    operations = [migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop)]
