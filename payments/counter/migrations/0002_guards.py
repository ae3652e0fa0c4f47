"""The last judge of what stands at the counter: an operation keeps what it says, what was booked stays, a till's day and
a delivery move on by legal steps only. Written for the day on which somebody works with SQL instead of the room; the room
itself never lets these fire.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION counter_guard_operation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.public_id, NEW.reference, NEW.kind, NEW.day_id, NEW.visit_id, NEW.customer_id, NEW.account_id,
        NEW.destination_id, NEW.amount, NEW.currency, NEW.key, NEW.created_at)
       IS DISTINCT FROM
       (OLD.public_id, OLD.reference, OLD.kind, OLD.day_id, OLD.visit_id, OLD.customer_id, OLD.account_id,
        OLD.destination_id, OLD.amount, OLD.currency, OLD.key, OLD.created_at) THEN
        RAISE EXCEPTION 'operation % keeps what it says', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
        ('draft', 'waiting'), ('draft', 'done'), ('draft', 'dropped'), ('waiting', 'done'), ('waiting', 'dropped')
    ) THEN
        RAISE EXCEPTION 'operation % cannot move from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.entry_id IS NOT NULL AND (NEW.entry_id, NEW.business_date, NEW.done_at)
           IS DISTINCT FROM (OLD.entry_id, OLD.business_date, OLD.done_at)
       OR OLD.reversal_id IS NOT NULL AND NEW.reversal_id IS DISTINCT FROM OLD.reversal_id
       OR OLD.change_id IS NOT NULL AND NEW.change_id IS DISTINCT FROM OLD.change_id THEN
        RAISE EXCEPTION 'what was booked for operation % stays', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER counter_operation_keeps BEFORE UPDATE ON counter_operation
    FOR EACH ROW EXECUTE FUNCTION counter_guard_operation();

CREATE FUNCTION counter_guard_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.public_id, NEW.till_id, NEW.teller_id, NEW.business_date, NEW.began_at)
       IS DISTINCT FROM (OLD.public_id, OLD.till_id, OLD.teller_id, OLD.business_date, OLD.began_at) THEN
        RAISE EXCEPTION 'the day of a till % is its teller''s', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
        ('opening', 'open'), ('opening', 'void'), ('open', 'counted'), ('counted', 'open'), ('counted', 'handing'),
        ('counted', 'closed'), ('handing', 'counted'), ('handing', 'closed')
    ) THEN
        RAISE EXCEPTION 'the day of a till % cannot move from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('closed', 'void') THEN
        RAISE EXCEPTION 'the day of a till % is over', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER counter_tillday_moves_on BEFORE UPDATE ON counter_tillday
    FOR EACH ROW EXECUTE FUNCTION counter_guard_day();

CREATE FUNCTION counter_guard_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'asked' OR (NEW.day_id, NEW.direction, NEW.amount, NEW.counted, NEW.asked_by_id)
       IS DISTINCT FROM (OLD.day_id, OLD.direction, OLD.amount, OLD.counted, OLD.asked_by_id) THEN
        RAISE EXCEPTION 'delivery % stays as it is', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER counter_delivery_settled_once BEFORE UPDATE ON counter_delivery
    FOR EACH ROW EXECUTE FUNCTION counter_guard_delivery();
"""
BACKWARD = """
DROP TRIGGER counter_delivery_settled_once ON counter_delivery;
DROP FUNCTION counter_guard_delivery();
DROP TRIGGER counter_tillday_moves_on ON counter_tillday;
DROP FUNCTION counter_guard_day();
DROP TRIGGER counter_operation_keeps ON counter_operation;
DROP FUNCTION counter_guard_operation();
"""


class Migration(migrations.Migration):
    dependencies = [("counter", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
