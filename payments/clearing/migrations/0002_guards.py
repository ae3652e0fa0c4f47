"""The last judge of a payment's life: only a legal successor follows, what was confirmed keeps its terms, and a booking
stands for the money it says. Written for the day on which somebody works with SQL or a bulk update instead of the room;
the room itself never lets these fire.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION clearing_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a payment begins as a draft' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
        ('draft', 'accepted'), ('draft', 'void'),
        ('accepted', 'sent'), ('accepted', 'revoked'),
        ('sent', 'settled'), ('sent', 'rejected'), ('sent', 'returned'), ('sent', 'checking'),
        ('checking', 'settled'), ('checking', 'rejected'), ('checking', 'returned'),
        ('settled', 'returned')
    ) THEN
        RAISE EXCEPTION 'payment % cannot move from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'revoked' AND NEW.batch_id IS NOT NULL OR NEW.state = 'sent' AND NEW.batch_id IS NULL THEN
        RAISE EXCEPTION 'payment % is either taken back or handed over', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state NOT IN ('draft', 'void') AND (
        NEW.payer_id, NEW.source_id, NEW.payee_bank, NEW.payee_number, NEW.payee_name, NEW.amount, NEW.currency,
        NEW.reference, NEW.path, NEW.promised_by, NEW.entry_id, NEW.confirmed_at
    ) IS DISTINCT FROM (
        OLD.payer_id, OLD.source_id, OLD.payee_bank, OLD.payee_number, OLD.payee_name, OLD.amount, OLD.currency,
        OLD.reference, OLD.path, OLD.promised_by, OLD.entry_id, OLD.confirmed_at
    ) THEN
        RAISE EXCEPTION 'payment % was confirmed as it is', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.settlement_id IS NOT NULL AND NEW.settlement_id IS DISTINCT FROM OLD.settlement_id
       OR OLD.reversal_id IS NOT NULL AND NEW.reversal_id IS DISTINCT FROM OLD.reversal_id
       OR OLD.batch_id IS NOT NULL AND NEW.batch_id IS DISTINCT FROM OLD.batch_id THEN
        RAISE EXCEPTION 'what was booked or sent for payment % stays', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clearing_payment_moves_on BEFORE INSERT OR UPDATE ON clearing_payment
    FOR EACH ROW EXECUTE FUNCTION clearing_guard_payment();

CREATE FUNCTION clearing_guard_booked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    in_clearing bigint;
BEGIN
    -- At the end of the transaction: what the books hold for this payment in clearing is its amount, or nothing.
    SELECT coalesce(sum(l.amount), 0) INTO in_clearing
      FROM clearing_payment p
      JOIN ledger_entry e ON e.id IN (p.entry_id, p.settlement_id, p.reversal_id)
           OR e.reverses_id = p.settlement_id
      JOIN ledger_line l ON l.entry_id = e.id
      JOIN ledger_account a ON a.id = l.account_id AND a.code = 'clearing:' || p.currency
     WHERE p.id = NEW.id;
    IF in_clearing <> (SELECT CASE WHEN state IN ('accepted', 'sent', 'checking') THEN amount ELSE 0 END
                         FROM clearing_payment WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'payment % and the clearing account disagree by %', NEW.id, in_clearing
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER clearing_payment_is_booked AFTER UPDATE OF state ON clearing_payment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state <> OLD.state AND NEW.state <> 'void')
    EXECUTE FUNCTION clearing_guard_booked();

CREATE FUNCTION clearing_guard_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.digest, NEW.content, NEW.state, NEW.kind, NEW.message_id, NEW.received_at) IS DISTINCT FROM
       (OLD.digest, OLD.content, OLD.state, OLD.kind, OLD.message_id, OLD.received_at) THEN
        RAISE EXCEPTION 'file % stays as it came', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clearing_file_stays BEFORE UPDATE ON clearing_inboundfile
    FOR EACH ROW EXECUTE FUNCTION clearing_guard_file();
"""

BACKWARD = """
DROP TRIGGER clearing_file_stays ON clearing_inboundfile;
DROP FUNCTION clearing_guard_file();
DROP TRIGGER clearing_payment_is_booked ON clearing_payment;
DROP FUNCTION clearing_guard_booked();
DROP TRIGGER clearing_payment_moves_on ON clearing_payment;
DROP FUNCTION clearing_guard_payment();
"""


class Migration(migrations.Migration):
    dependencies = [("clearing", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
