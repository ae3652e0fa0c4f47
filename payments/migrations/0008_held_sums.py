"""What is held counts towards the limits as if it went today, so that holding is no way around them.

The function that sums it all under the payer's lock (payments 0004, clearing 0003, crossborder 0003) is replaced by one
that looks at what is held besides; everything that stood in it stays.
"""

import importlib

from django.db import migrations

first = importlib.import_module("payments.clearing.migrations.0003_same_limits")
before = importlib.import_module("payments.crossborder.migrations.0003_same_limits")
ALL_WAYS = "BETWEEN p_first AND p_last) all_ways"
AND_HELD = """BETWEEN p_first AND p_last
                    UNION ALL
                    SELECT amount, currency, p_today
                      FROM payments_holding
                     WHERE payer_id = p_payer AND state = 'held') and_held"""
YOUNG = """
           + (SELECT coalesce(sum(w.amount), 0)
                FROM payments_holding w
               WHERE w.payer_id = p_payer AND w.state = 'held' AND w.currency = p_currency
                 AND w.payee_since > p_young_since)"""

moved = first.BOTH.replace(before.BOTH_WAYS, before.ALL_WAYS)
young = first.YOUNG + before.YOUNG


def written(young: str, moved: str) -> str:
    made: str = first.SIGNATURE.replace("{young}", young).replace("{moved}", moved)
    return made


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_holdings"), ("crossborder", "0003_same_limits")]

    operations = [
        migrations.RunSQL(written(young + YOUNG, moved.replace(ALL_WAYS, AND_HELD)), written(young, moved)),
    ]
