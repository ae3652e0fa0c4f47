"""The last judge of a recall's life: only a legal successor follows, what was asked stays as it was asked."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION recalls_guard_recall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' THEN
            RAISE EXCEPTION 'a recall begins as asked' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
        ('asked', 'sent'), ('asked', 'refused'), ('asked', 'unanswered'), ('asked', 'returned'),
        ('sent', 'agreed'), ('sent', 'refused'), ('sent', 'unanswered'), ('sent', 'returned'),
        ('agreed', 'refused'), ('agreed', 'unanswered'), ('agreed', 'returned'),
        ('unanswered', 'agreed'), ('unanswered', 'refused'), ('unanswered', 'returned'),
        ('refused', 'returned')
    ) THEN
        RAISE EXCEPTION 'recall % cannot move from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.payer_id, NEW.transfer_id, NEW.payment_id, NEW.amount, NEW.currency, NEW.reference, NEW.asked_at)
       IS DISTINCT FROM
       (OLD.payer_id, OLD.transfer_id, OLD.payment_id, OLD.amount, OLD.currency, OLD.reference, OLD.asked_at)
       OR OLD.back_id IS NOT NULL AND NEW.back_id IS DISTINCT FROM OLD.back_id
       OR OLD.message_id IS NOT NULL AND NEW.message_id IS DISTINCT FROM OLD.message_id THEN
        RAISE EXCEPTION 'recall % stays as it was asked', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recalls_recall_moves_on BEFORE INSERT OR UPDATE ON recalls_recall
    FOR EACH ROW EXECUTE FUNCTION recalls_guard_recall();
"""

BACKWARD = """
DROP TRIGGER recalls_recall_moves_on ON recalls_recall;
DROP FUNCTION recalls_guard_recall();
"""


class Migration(migrations.Migration):
    dependencies = [("recalls", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
