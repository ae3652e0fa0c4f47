"""What was asked for is never edited, what is settled stays settled, and nothing is applied on one person's word.

The trigger holds for the owner of the tables too: it is the last judge behind core.changes.services.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION changes_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    others integer;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a change is never removed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' THEN
            RAISE EXCEPTION 'a change begins by being asked for' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'asked' THEN
        RAISE EXCEPTION 'a change that is settled stays as it is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF ROW(OLD.id, OLD.public_id, OLD.kind, OLD.object_key, OLD.title, OLD.payload, OLD.reason, OLD.asked_by_id,
           OLD.asked_at, OLD.expires_at)
       IS DISTINCT FROM
       ROW(NEW.id, NEW.public_id, NEW.kind, NEW.object_key, NEW.title, NEW.payload, NEW.reason, NEW.asked_by_id,
           NEW.asked_at, NEW.expires_at) THEN
        RAISE EXCEPTION 'what was asked for is not edited' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'applied' THEN
        SELECT count(DISTINCT d.reviewer_id) - greatest(1, max(jsonb_array_length(c.rule -> 'steps')))
          INTO others
          FROM reviews_case c
          JOIN reviews_decision d ON d.case_id = c.id AND d.verdict = 'approve' AND d.reviewer_id <> NEW.asked_by_id
         WHERE c.subject = 'change' AND c.subject_id = NEW.public_id::text AND c.state = 'approved';
        IF others IS NULL OR others < 0 THEN
            RAISE EXCEPTION 'no change is carried out without the approval of other people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER changes_change_guard BEFORE INSERT OR UPDATE OR DELETE ON changes_change
    FOR EACH ROW EXECUTE FUNCTION changes_guard();
"""

BACKWARD = """
DROP TRIGGER changes_change_guard ON changes_change;
DROP FUNCTION changes_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("changes", "0001_initial"), ("reviews", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
