"""The last judge over reasons' words: a version that a change is said to have published was approved by other people."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION changes_guard_wording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM changes_change c
          JOIN reviews_case k ON k.subject = 'change' AND k.subject_id = c.public_id::text AND k.state = 'approved'
         WHERE c.public_id = NEW.change AND c.kind = 'review.reason' AND c.state = 'asked'
           AND c.object_key = NEW.subject || '/' || NEW.code
    ) THEN
        RAISE EXCEPTION 'the words of %/% were agreed on by nobody', NEW.subject, NEW.code
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER changes_wording_approved BEFORE INSERT ON reviews_reasontext
    FOR EACH ROW WHEN (NEW.change IS NOT NULL) EXECUTE FUNCTION changes_guard_wording();
"""
BACKWARD = """
DROP TRIGGER changes_wording_approved ON reviews_reasontext;
DROP FUNCTION changes_guard_wording();
"""


class Migration(migrations.Migration):
    dependencies = [("changes", "0002_guards"), ("reviews", "0006_reason_texts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
