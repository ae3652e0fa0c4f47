"""What went abroad uses up the same limits as every transfer to others, at its worth in yuan.

The function that sums it all under the payer's lock (payments 0004, clearing 0003) is replaced by one that looks at
three tables. A payee abroad counts as new from when they were put on the list.
"""

import importlib

from django.db import migrations

before = importlib.import_module("payments.clearing.migrations.0003_same_limits")
BOTH_WAYS = "BETWEEN p_first AND p_last) both_ways"
ALL_WAYS = """BETWEEN p_first AND p_last
                    UNION ALL
                    SELECT cny, 'CNY', business_date
                      FROM crossborder_payment
                     WHERE payer_id = p_payer AND state NOT IN ('draft', 'void', 'refused', 'revoked')
                       AND business_date BETWEEN p_first AND p_last) all_ways"""
YOUNG = """
           + CASE WHEN p_currency <> 'CNY' THEN 0
                  ELSE (SELECT coalesce(sum(x.cny), 0)
                          FROM crossborder_payment x JOIN crossborder_payeeabroad y ON y.id = x.payee_id
                         WHERE x.payer_id = p_payer AND x.state NOT IN ('draft', 'void', 'refused', 'revoked')
                           AND x.business_date BETWEEN p_young_since::date - 1 AND p_last
                           AND y.created_at > p_young_since) END"""


def _written(young: str, moved: str) -> str:
    written: str = before.SIGNATURE.replace("{young}", young).replace("{moved}", moved)
    return written


class Migration(migrations.Migration):
    dependencies = [
        ("crossborder", "0002_guards"),
        ("clearing", "0003_same_limits"),
        ("payments", "0004_amounts"),
    ]

    operations = [
        migrations.RunSQL(
            _written(before.YOUNG + YOUNG, before.BOTH.replace(BOTH_WAYS, ALL_WAYS)),
            _written(before.YOUNG, before.BOTH),
        )
    ]
