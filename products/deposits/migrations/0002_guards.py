"""The last judge of interest: it is what sum, rate and day basis come to, and what was credited is what was worked out.

The room itself never lets these fire. `div` of two whole-step numbers is exact, so a half is rounded up as in
products/deposits/arithmetic.py.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE deposits_accrual SET (fillfactor = 60);  -- each row is written every day; no index knows what changes

ALTER TABLE deposits_settlement ADD CONSTRAINT deposits_settlement_interest CHECK (
    interest = div(2 * daily_balances * percent + 100 * day_basis, 200 * day_basis)
);
ALTER TABLE deposits_accruedday ADD CONSTRAINT deposits_accruedday_owed CHECK (
    owed = div(2 * daily_balances * percent + 100 * day_basis, 200 * day_basis)
);

CREATE FUNCTION deposits_guard_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT n.bank_account_id INTO wrong
      FROM arrived n
      JOIN accounts_bankaccount b ON b.id = n.bank_account_id
     WHERE n.entry_id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM ledger_line l
                        WHERE l.entry_id = n.entry_id AND l.account_id = b.ledger_account_id AND l.amount = n.interest)
     LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the interest of account % is not what was credited', wrong USING ERRCODE = 'check_violation';
    END IF;
    SELECT n.bank_account_id INTO wrong
      FROM arrived n
      JOIN deposits_settlement o ON o.bank_account_id = n.bank_account_id AND o.id <> n.id
       AND daterange(o.first_day, o.last_day, '[]') && daterange(n.first_day, n.last_day, '[]')
     LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'a day of account % would earn interest twice', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER deposits_settlement_is_booked AFTER INSERT ON deposits_settlement
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION deposits_guard_settlement();

CREATE FUNCTION deposits_keep_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'interest that was credited stays as it is' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER deposits_settlement_stays BEFORE UPDATE OR DELETE ON deposits_settlement
    FOR EACH STATEMENT EXECUTE FUNCTION deposits_keep_settlement();
"""
BACKWARD = """
DROP TRIGGER deposits_settlement_stays ON deposits_settlement;
DROP FUNCTION deposits_keep_settlement();
DROP TRIGGER deposits_settlement_is_booked ON deposits_settlement;
DROP FUNCTION deposits_guard_settlement();
ALTER TABLE deposits_accruedday DROP CONSTRAINT deposits_accruedday_owed;
ALTER TABLE deposits_settlement DROP CONSTRAINT deposits_settlement_interest;
ALTER TABLE deposits_accrual RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("deposits", "0001_initial"), ("ledger", "0004_faster")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
