"""Rows and seals are written once; each new row is put on the sealer's list by the database itself."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is never changed (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_row_append_only BEFORE UPDATE OR DELETE ON audit_row
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

CREATE FUNCTION audit_row_waits_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_pending (row_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER audit_row_pending AFTER INSERT ON audit_row
    FOR EACH ROW EXECUTE FUNCTION audit_row_waits_for_seal();
"""

BACKWARD = """
DROP TRIGGER audit_row_pending ON audit_row;
DROP FUNCTION audit_row_waits_for_seal();
DROP TRIGGER audit_seal_append_only ON audit_seal;
DROP TRIGGER audit_row_append_only ON audit_row;
DROP FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
