"""Money somebody gives back is no new payment of theirs: it uses up none of their limits.

The function that sums it all under the payer's lock (payments 0004, clearing 0003, crossborder 0003, payments 0008) is
replaced by one that leaves out the transfers of recalls; everything else in it stays. Only a transfer to somebody who is
no payee can be one, so the recalls are looked at for those alone.
"""

import importlib

from django.db import migrations

before = importlib.import_module("payments.migrations.0008_held_sums")
OTHERS = "AND (kind <> 'own' OR p_own)"
NOT_BACK = """AND (kind <> 'own' OR p_own)
                       AND NOT (kind = 'customer' AND payee_id IS NULL
                                AND EXISTS (SELECT 1 FROM recalls_recall r WHERE r.back_id = payments_transfer.id))"""

young: str = before.young + before.YOUNG
moved: str = before.moved.replace(before.ALL_WAYS, before.AND_HELD)


class Migration(migrations.Migration):
    dependencies = [("recalls", "0002_guards"), ("payments", "0008_held_sums")]

    operations = [
        migrations.RunSQL(before.written(young, moved.replace(OTHERS, NOT_BACK)), before.written(young, moved)),
    ]
