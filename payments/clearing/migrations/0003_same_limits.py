"""What went to other banks uses up the same limits as every transfer to others.

The function that sums it all under the payer's lock (payments 0004) is replaced by one that looks at both tables. An
account at another bank counts as a new payee from the first payment to it.
"""

from django.db import migrations

SIGNATURE = """
CREATE OR REPLACE FUNCTION payments_standing(
    p_payer bigint, p_currency text, p_payee bigint,
    p_today date, p_first_of_month date, p_first date, p_last date, p_own boolean,
    p_now timestamptz, p_young_since timestamptz,
    OUT day bigint, OUT month bigint, OUT year bigint,
    OUT day_count bigint, OUT month_count bigint, OUT year_count bigint,
    OUT to_young bigint, OUT chosen jsonb, OUT freedoms jsonb,
    OUT payee_active boolean, OUT payee_trusted boolean, OUT payee_since timestamptz
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    SELECT s.day, s.month, s.year, s.day_count, s.month_count, s.year_count,
           -- What has gone to payees that are new to the list, while they are.
           CASE WHEN EXISTS (SELECT 1 FROM payments_payee WHERE customer_id = p_payer AND confirmed_at > p_young_since)
                THEN (SELECT coalesce(sum(t.amount), 0)
                        FROM payments_transfer t JOIN payments_payee p ON p.id = t.payee_id
                       WHERE t.payer_id = p_payer AND t.state = 'confirmed' AND t.currency = p_currency
                         AND t.business_date >= p_young_since::date - 1 AND p.confirmed_at > p_young_since)
                ELSE 0 END{young},
           -- The newest word on each limit counts: a lower one at once, a higher one when its wait is over.
           (SELECT jsonb_object_agg(which, value)
              FROM (SELECT DISTINCT ON (which) which, value
                      FROM payments_ownlimit
                     WHERE customer_id = p_payer AND channel = 'online' AND currency IN (p_currency, '')
                       AND stopped_at IS NULL AND (counts_from IS NULL OR counts_from <= p_now)
                     ORDER BY which, id DESC) newest),
           (SELECT jsonb_object_agg(kind || ':' || currency, jsonb_build_array(given_at IS NOT NULL, amount, count))
              FROM payments_freedom WHERE customer_id = p_payer),
           payee.state = 'active', payee.trusted_at IS NOT NULL, payee.confirmed_at
      INTO day, month, year, day_count, month_count, year_count, to_young, chosen, freedoms,
           payee_active, payee_trusted, payee_since
      FROM (SELECT coalesce(sum(amount) FILTER (WHERE business_date = p_today AND currency = p_currency), 0) AS day,
                   coalesce(sum(amount) FILTER (WHERE business_date >= p_first_of_month AND currency = p_currency), 0)
                       AS month,
                   coalesce(sum(amount) FILTER (WHERE currency = p_currency), 0) AS year,
                   count(*) FILTER (WHERE business_date = p_today) AS day_count,
                   count(*) FILTER (WHERE business_date >= p_first_of_month) AS month_count,
                   count(*) AS year_count
              FROM {moved}) s
      LEFT JOIN payments_payee payee ON payee.id = p_payee AND payee.customer_id = p_payer;
END $$
"""
ONE = """payments_transfer
             WHERE payer_id = p_payer AND state = 'confirmed' AND business_date BETWEEN p_first AND p_last
               AND (kind <> 'own' OR p_own)"""
BOTH = """(SELECT amount, currency, business_date
                      FROM payments_transfer
                     WHERE payer_id = p_payer AND state = 'confirmed' AND business_date BETWEEN p_first AND p_last
                       AND (kind <> 'own' OR p_own)
                    UNION ALL
                    SELECT amount, currency, business_date
                      FROM clearing_payment
                     WHERE payer_id = p_payer AND state NOT IN ('draft', 'void', 'revoked', 'rejected')
                       AND business_date BETWEEN p_first AND p_last) both_ways"""
YOUNG = """
           + (SELECT coalesce(sum(c.amount), 0)
                FROM clearing_payment c
               WHERE c.payer_id = p_payer AND c.state NOT IN ('draft', 'void', 'revoked', 'rejected')
                 AND c.currency = p_currency AND c.business_date BETWEEN p_young_since::date - 1 AND p_last
                 AND NOT EXISTS (SELECT 1 FROM clearing_payment o
                                  WHERE o.payer_id = p_payer AND o.payee_bank = c.payee_bank
                                    AND o.payee_number = c.payee_number AND o.confirmed_at <= p_young_since))"""


class Migration(migrations.Migration):
    dependencies = [("clearing", "0002_guards"), ("payments", "0004_amounts")]

    operations = [
        migrations.RunSQL(
            SIGNATURE.replace("{young}", YOUNG).replace("{moved}", BOTH),
            SIGNATURE.replace("{young}", "").replace("{moved}", ONE),
        )
    ]
