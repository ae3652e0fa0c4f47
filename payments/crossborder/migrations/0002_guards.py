"""The last judge of a payment abroad: only a legal successor follows, what was confirmed keeps its terms, papers stay
with it, and what is in transit stands for the money it says. Written for the day on which somebody works with SQL or a
bulk update instead of the room; the room itself never lets these fire.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION crossborder_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a payment begins as a draft' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
        ('draft', 'accepted'), ('draft', 'void'),
        ('accepted', 'ready'), ('accepted', 'review'), ('accepted', 'revoked'),
        ('review', 'ready'), ('review', 'refused'), ('review', 'revoked'),
        ('ready', 'sent'), ('ready', 'revoked')
    ) THEN
        RAISE EXCEPTION 'payment % cannot move from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'revoked' AND (NEW.message_id IS NOT NULL OR NEW.quote IS NOT NULL) THEN
        RAISE EXCEPTION 'payment % is either taken back, or handed over or bought for', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state NOT IN ('draft', 'void') AND (
        NEW.payer_id, NEW.source_id, NEW.payee_id, NEW.payee_name, NEW.payee_address, NEW.payee_country, NEW.payee_bic,
        NEW.payee_number, NEW.bank_country, NEW.amount, NEW.currency, NEW.leaves, NEW.debit, NEW.debit_currency,
        NEW.charges, NEW.fee, NEW.fee_currency, NEW.quote, NEW.rate, NEW.usd, NEW.cny, NEW.basis, NEW.purpose,
        NEW.reference, NEW.entry_id, NEW.confirmed_at, NEW.business_date, NEW.declared_at, NEW.step_up
    ) IS DISTINCT FROM (
        OLD.payer_id, OLD.source_id, OLD.payee_id, OLD.payee_name, OLD.payee_address, OLD.payee_country, OLD.payee_bic,
        OLD.payee_number, OLD.bank_country, OLD.amount, OLD.currency, OLD.leaves, OLD.debit, OLD.debit_currency,
        OLD.charges, OLD.fee, OLD.fee_currency, OLD.quote, OLD.rate, OLD.usd, OLD.cny, OLD.basis, OLD.purpose,
        OLD.reference, OLD.entry_id, OLD.confirmed_at, OLD.business_date, OLD.declared_at, OLD.step_up
    ) THEN
        RAISE EXCEPTION 'payment % was confirmed as it is', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.release_id IS NOT NULL AND NEW.release_id IS DISTINCT FROM OLD.release_id
       OR OLD.reversal_id IS NOT NULL AND NEW.reversal_id IS DISTINCT FROM OLD.reversal_id
       OR OLD.message_id IS NOT NULL AND NEW.message_id IS DISTINCT FROM OLD.message_id THEN
        RAISE EXCEPTION 'what was booked or sent for payment % stays', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER crossborder_payment_moves_on BEFORE INSERT OR UPDATE ON crossborder_payment
    FOR EACH ROW EXECUTE FUNCTION crossborder_guard_payment();

CREATE FUNCTION crossborder_guard_booked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    -- At the end of the transaction: what the books hold for this payment in transit is what it says, or nothing.
    SELECT string_agg(coalesce(got.currency, meant.currency) || ' ' || coalesce(got.sum, 0), ', ') INTO wrong
      FROM (SELECT a.currency, sum(l.amount) AS sum
              FROM crossborder_payment p
              JOIN ledger_line l ON l.entry_id IN (p.entry_id, p.release_id, p.reversal_id)
              JOIN ledger_account a ON a.id = l.account_id AND a.code = 'abroad:' || a.currency
             WHERE p.id = NEW.id
             GROUP BY a.currency) got
      FULL JOIN (SELECT held.currency, sum(held.amount) AS sum
                   FROM crossborder_payment p,
                        LATERAL (VALUES (p.currency, p.amount),
                                        (p.fee_currency, CASE WHEN p.charges = 'ben' THEN 0 ELSE p.fee END)
                                ) AS held (currency, amount)
                  WHERE p.id = NEW.id AND p.state IN ('accepted', 'review', 'ready')
                  GROUP BY held.currency) meant ON meant.currency = got.currency
     WHERE coalesce(got.sum, 0) <> coalesce(meant.sum, 0);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'payment % and what is in transit disagree: %', NEW.id, wrong
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER crossborder_payment_is_booked AFTER UPDATE OF state ON crossborder_payment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state <> OLD.state AND NEW.state <> 'void')
    EXECUTE FUNCTION crossborder_guard_booked();

CREATE FUNCTION crossborder_guard_papers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM crossborder_payment
                WHERE id = NEW.payment_id AND state NOT IN ('draft', 'void')) THEN
        RAISE EXCEPTION 'the documents of payment % were confirmed with it', NEW.payment_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER crossborder_papers_stay BEFORE INSERT OR UPDATE ON crossborder_paper
    FOR EACH ROW EXECUTE FUNCTION crossborder_guard_papers();
"""

BACKWARD = """
DROP TRIGGER crossborder_papers_stay ON crossborder_paper;
DROP FUNCTION crossborder_guard_papers();
DROP TRIGGER crossborder_payment_is_booked ON crossborder_payment;
DROP FUNCTION crossborder_guard_booked();
DROP TRIGGER crossborder_payment_moves_on ON crossborder_payment;
DROP FUNCTION crossborder_guard_payment();
"""


class Migration(migrations.Migration):
    dependencies = [("crossborder", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
