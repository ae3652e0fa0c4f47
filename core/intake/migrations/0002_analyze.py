"""The planner is told of loaded tables by a function of their owner: the application itself may not ANALYZE."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION intake_analyze(p_tables regclass[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_table regclass;
BEGIN
    FOREACH v_table IN ARRAY p_tables LOOP
        EXECUTE format('ANALYZE %s', v_table);
    END LOOP;
END $$;
"""
BACKWARD = "DROP FUNCTION intake_analyze(regclass[]);"


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
