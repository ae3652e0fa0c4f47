"""The limits' sums as a function of the database, so that they can be read in the statement that locks the payer.

The function is volatile: in READ COMMITTED each query inside it takes a snapshot of its own, after the lock has been
waited for. A plain subquery would see the time before the wait, and two transfers could share one limit.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION payments_used(
    p_payer bigint, p_currency text, p_today date, p_first date, p_last date, p_own boolean,
    OUT day bigint, OUT year bigint, OUT day_count bigint, OUT year_count bigint
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    SELECT coalesce(sum(amount) FILTER (WHERE business_date = p_today AND currency = p_currency), 0),
           coalesce(sum(amount) FILTER (WHERE currency = p_currency), 0),
           count(*) FILTER (WHERE business_date = p_today),
           count(*)
      INTO day, year, day_count, year_count
      FROM payments_transfer
     WHERE payer_id = p_payer AND state = 'confirmed' AND business_date BETWEEN p_first AND p_last
       AND (kind = 'customer' OR p_own);
END $$
"""
DROP = "DROP FUNCTION payments_used(bigint, text, date, date, date, boolean)"


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
