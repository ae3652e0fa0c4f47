"""The last judge: no case is closed, by whomever, without the decisions its rule asks for, made in that transaction.

Written for the day on which somebody works with SQL, a shell, an import or a bulk update instead of the desk. The desk
itself never lets these fire.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reviews_guard_opening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'open' OR NEW.approvals <> 0 OR NEW.holder_id IS NOT NULL OR NEW.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a case begins open and without approvals' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_case_opens_open BEFORE INSERT ON reviews_case
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_opening();

CREATE FUNCTION reviews_guard_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this_transaction bigint := pg_current_xact_id()::text::bigint;
    needed integer := jsonb_array_length(OLD.rule -> 'steps');
BEGIN
    IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
        ('open', 'claimed'), ('open', 'withdrawn'), ('open', 'expired'),
        ('waiting', 'claimed'), ('waiting', 'withdrawn'), ('waiting', 'expired'),
        ('claimed', 'open'), ('claimed', 'waiting'), ('claimed', 'asked'), ('claimed', 'approved'),
        ('claimed', 'declined'), ('claimed', 'withdrawn'), ('claimed', 'expired'),
        ('asked', 'open'), ('asked', 'waiting'), ('asked', 'withdrawn'), ('asked', 'expired')
    ) THEN
        RAISE EXCEPTION 'case % cannot move from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.due_at <> OLD.due_at AND NOT (OLD.state = 'asked' AND NEW.due_at > OLD.due_at) THEN
        RAISE EXCEPTION 'case % is due when it is due: only the end of a pause moves that', OLD.id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.approvals <> OLD.approvals AND NOT (
        NEW.approvals = OLD.approvals + 1 AND EXISTS (
            SELECT 1 FROM reviews_decision d
             WHERE d.case_id = OLD.id AND d.step = NEW.approvals AND d.verdict = 'approve'
               AND d.made_in = this_transaction)
    ) THEN
        RAISE EXCEPTION 'case % has no new approval to count', OLD.id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'approved' AND (
        NEW.approvals <> needed OR NEW.approvals = OLD.approvals OR needed <> (
            SELECT count(DISTINCT d.reviewer_id) FROM reviews_decision d
             WHERE d.case_id = OLD.id AND d.verdict = 'approve')
    ) THEN
        RAISE EXCEPTION 'case % takes % approvals by as many people', OLD.id, needed
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'declined' AND NOT EXISTS (
        SELECT 1 FROM reviews_decision d
         WHERE d.case_id = OLD.id AND d.verdict = 'decline' AND d.made_in = this_transaction
    ) THEN
        RAISE EXCEPTION 'case % has no decision that declines it', OLD.id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_case_moves_as_decided BEFORE UPDATE ON reviews_case
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_move();

CREATE FUNCTION reviews_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided reviews_case%ROWTYPE;
BEGIN
    SELECT * INTO STRICT decided FROM reviews_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
    IF decided.state <> 'claimed' OR decided.holder_id IS DISTINCT FROM NEW.reviewer_id THEN
        RAISE EXCEPTION 'case % is decided by whoever holds it', decided.id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF decided.opened_by_id = NEW.reviewer_id THEN
        RAISE EXCEPTION 'case % is not decided by who asked for it', decided.id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.step <> decided.approvals + 1 THEN
        RAISE EXCEPTION 'case % waits for step %', decided.id, decided.approvals + 1
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.digest !~ '^[0-9a-f]{64}$' THEN
        RAISE EXCEPTION 'a decision names what was seen' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.made_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_decision_by_holder BEFORE INSERT ON reviews_decision
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_decision();

CREATE FUNCTION reviews_guard_consequence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM reviews_case c
         WHERE c.id = NEW.case_id
           AND CASE NEW.verdict WHEN 'approve' THEN c.approvals >= NEW.step ELSE c.state = 'declined' END
    ) THEN
        RAISE EXCEPTION 'a decision moves its case in the same transaction' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reviews_decision_moves_case AFTER INSERT ON reviews_decision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reviews_guard_consequence();

-- What the rooms act upon: nobody tells them of a decision that does not stand.
CREATE FUNCTION reviews_guard_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM reviews_case c
         WHERE c.public_id::text = NEW.payload ->> 'case'
           AND c.subject = NEW.payload ->> 'subject' AND c.subject_id = NEW.payload ->> 'subject_id'
           AND c.state = CASE WHEN NEW.kind = 'reviews.expired' THEN 'expired'
                              WHEN NEW.payload ->> 'verdict' = 'approve' THEN 'approved' ELSE 'declined' END
    ) THEN
        RAISE EXCEPTION 'no case was decided as % says', NEW.kind USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_fact_is_true BEFORE INSERT ON outbox_fact
    FOR EACH ROW WHEN (NEW.kind IN ('reviews.decided', 'reviews.expired')) EXECUTE FUNCTION reviews_guard_fact();

CREATE TRIGGER reviews_question_append_only BEFORE UPDATE OR DELETE ON reviews_question
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER reviews_answer_append_only BEFORE DELETE ON reviews_answer
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER reviews_answer_only_resealed
    BEFORE UPDATE OF id, question_id, outcome, answered_by_id, answered_at ON reviews_answer
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER reviews_escalation_append_only BEFORE UPDATE OR DELETE ON reviews_escalation
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
CREATE TRIGGER reviews_relation_kept BEFORE DELETE ON reviews_relation
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
DROP TRIGGER reviews_case_rule_is_frozen ON reviews_case;
CREATE TRIGGER reviews_case_rule_is_frozen
    BEFORE UPDATE OF rule, subject, subject_id, opened_by_id, opened_at, skills, pending_key, corrects_id, expires_at
    ON reviews_case FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
"""

BACKWARD = """
DROP TRIGGER reviews_case_rule_is_frozen ON reviews_case;
CREATE TRIGGER reviews_case_rule_is_frozen
    BEFORE UPDATE OF rule, subject, subject_id, opened_by_id, opened_at, due_at ON reviews_case
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_change();
DROP TRIGGER reviews_relation_kept ON reviews_relation;
DROP TRIGGER reviews_escalation_append_only ON reviews_escalation;
DROP TRIGGER reviews_answer_only_resealed ON reviews_answer;
DROP TRIGGER reviews_answer_append_only ON reviews_answer;
DROP TRIGGER reviews_question_append_only ON reviews_question;
DROP TRIGGER reviews_fact_is_true ON outbox_fact;
DROP FUNCTION reviews_guard_fact();
DROP TRIGGER reviews_decision_moves_case ON reviews_decision;
DROP FUNCTION reviews_guard_consequence();
DROP TRIGGER reviews_decision_by_holder ON reviews_decision;
DROP FUNCTION reviews_guard_decision();
DROP TRIGGER reviews_case_moves_as_decided ON reviews_case;
DROP FUNCTION reviews_guard_move();
DROP TRIGGER reviews_case_opens_open ON reviews_case;
DROP FUNCTION reviews_guard_opening();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_queue_indexes"), ("outbox", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
