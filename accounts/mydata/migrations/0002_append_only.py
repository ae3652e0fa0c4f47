"""What was agreed to, in which words, and who looked at what is written once, whoever writes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION mydata_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this history is never changed (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER mydata_consenttext_append_only BEFORE UPDATE OR DELETE ON mydata_consenttext
    FOR EACH STATEMENT EXECUTE FUNCTION mydata_refuse_change();
CREATE TRIGGER mydata_consent_append_only BEFORE UPDATE OR DELETE ON mydata_consent
    FOR EACH STATEMENT EXECUTE FUNCTION mydata_refuse_change();
CREATE TRIGGER mydata_disclosure_append_only BEFORE UPDATE OR DELETE ON mydata_disclosure
    FOR EACH STATEMENT EXECUTE FUNCTION mydata_refuse_change();
"""
BACKWARD = """
DROP TRIGGER mydata_disclosure_append_only ON mydata_disclosure;
DROP TRIGGER mydata_consent_append_only ON mydata_consent;
DROP TRIGGER mydata_consenttext_append_only ON mydata_consenttext;
DROP FUNCTION mydata_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("mydata", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
