"""The last judge of what was priced and exchanged: a published rate, a price that was taken and an exchange that was booked
stay as they are, and what was booked is what was priced. The room itself never lets these fire.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION exchange_guard_rate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a rate stays as it was published' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER exchange_rate_stays BEFORE UPDATE ON exchange_rate
    FOR EACH ROW EXECUTE FUNCTION exchange_guard_rate();

CREATE FUNCTION exchange_guard_quote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.taken_at IS NOT NULL THEN
            RAISE EXCEPTION 'quote % was taken', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.taken_at IS NOT NULL
       OR (to_jsonb(NEW) - 'taken_at' - 'taken_on') IS DISTINCT FROM (to_jsonb(OLD) - 'taken_at' - 'taken_on') THEN
        RAISE EXCEPTION 'quote % stays as it was shown', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exchange_quote_stays BEFORE UPDATE OR DELETE ON exchange_quote
    FOR EACH ROW EXECUTE FUNCTION exchange_guard_quote();

CREATE FUNCTION exchange_guard_exchange() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'exchange % was made', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    -- What somebody wrote about it may be blanked when the relationship has ended.
    IF OLD.state <> 'draft' AND (to_jsonb(NEW) - 'memo') IS DISTINCT FROM (to_jsonb(OLD) - 'memo') THEN
        RAISE EXCEPTION 'exchange % was confirmed as it is', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exchange_exchange_stays BEFORE UPDATE OR DELETE ON exchange_exchange
    FOR EACH ROW EXECUTE FUNCTION exchange_guard_exchange();

CREATE FUNCTION exchange_guard_booked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- At the end of the transaction: the customer's two lines are the two amounts of the price that was taken.
    IF NOT EXISTS (
        SELECT 1
          FROM exchange_exchange x
          JOIN exchange_quote q ON q.id = x.quote_id AND q.taken_at IS NOT NULL AND q.customer_id = x.customer_id
          JOIN accounts_bankaccount s ON s.id = x.source_id
          JOIN accounts_bankaccount d ON d.id = x.destination_id
          JOIN ledger_line a ON a.entry_id = x.entry_id AND a.account_id = s.ledger_account_id
               AND a.amount = -q.sell AND a.currency = q.sell_currency
          JOIN ledger_line b ON b.entry_id = x.entry_id AND b.account_id = d.ledger_account_id
               AND b.amount = q.buy AND b.currency = q.buy_currency
         WHERE x.id = NEW.id
    ) THEN
        RAISE EXCEPTION 'exchange % and the books disagree', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER exchange_exchange_is_booked AFTER INSERT OR UPDATE ON exchange_exchange
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'confirmed')
    EXECUTE FUNCTION exchange_guard_booked();
"""

BACKWARD = """
DROP TRIGGER exchange_exchange_is_booked ON exchange_exchange;
DROP FUNCTION exchange_guard_booked();
DROP TRIGGER exchange_exchange_stays ON exchange_exchange;
DROP FUNCTION exchange_guard_exchange();
DROP TRIGGER exchange_quote_stays ON exchange_quote;
DROP FUNCTION exchange_guard_quote();
DROP TRIGGER exchange_rate_stays ON exchange_rate;
DROP FUNCTION exchange_guard_rate();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0001_initial"),
        ("accounts", "0006_classes_and_expiry"),
        ("ledger", "0004_faster"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
