"""Checks, decisions and history are written once, whoever writes; what a case was opened with stays."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reviews_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of a case is never changed (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER reviews_check_append_only BEFORE UPDATE OR DELETE ON reviews_check
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER reviews_decision_append_only BEFORE UPDATE OR DELETE ON reviews_decision
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER reviews_event_append_only BEFORE UPDATE OR DELETE ON reviews_event
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER reviews_case_never_deleted BEFORE DELETE ON reviews_case
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER reviews_case_rule_is_frozen
    BEFORE UPDATE OF rule, subject, subject_id, opened_by_id, opened_at, due_at ON reviews_case
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
CREATE FUNCTION reviews_refuse_reopening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'case % is closed and stays so', OLD.id USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER reviews_case_closed_stays_closed BEFORE UPDATE ON reviews_case
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION reviews_refuse_reopening();
"""

BACKWARD = """
DROP TRIGGER reviews_case_closed_stays_closed ON reviews_case;
DROP FUNCTION reviews_refuse_reopening();
DROP TRIGGER reviews_case_rule_is_frozen ON reviews_case;
DROP TRIGGER reviews_case_never_deleted ON reviews_case;
DROP TRIGGER reviews_event_append_only ON reviews_event;
DROP TRIGGER reviews_decision_append_only ON reviews_decision;
DROP TRIGGER reviews_check_append_only ON reviews_check;
DROP FUNCTION reviews_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
