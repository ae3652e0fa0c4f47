"""Adds the class of an account with the account it is bound to, what was used of its limits, and when a document expires.

`accounts_class_used` sums what came in and went out from the books themselves, so that every way of booking counts. It
is volatile: each query inside it takes a snapshot of its own, after the account's lock has been waited for
(payments/migrations/0002_used.py). It reads the newest lines first and stops two months before the year: a booking by
hand may count for a day before its neighbours.
"""

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
CREATE FUNCTION accounts_class_used(
    p_account bigint, p_bound bigint, p_today date,
    OUT in_day bigint, OUT in_year bigint, OUT out_day bigint, OUT out_year bigint, OUT balance bigint
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    first_day date := date_trunc('year', p_today)::date;
    one record;
BEGIN
    SELECT 0, 0, 0, 0, a.balance INTO in_day, in_year, out_day, out_year, balance
      FROM ledger_account a WHERE a.id = p_account;
    FOR one IN
        SELECT l.amount, l.entry_id, e.business_date, e.reverses_id IS NOT NULL AS goes_back
          FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
         WHERE l.account_id = p_account
         ORDER BY l.number DESC
    LOOP
        EXIT WHEN one.business_date < first_day - 62;
        CONTINUE WHEN one.business_date NOT BETWEEN first_day AND (first_day + interval '1 year - 1 day')::date;
        CONTINUE WHEN EXISTS (
            SELECT 1 FROM ledger_line o WHERE o.entry_id = one.entry_id AND o.account_id = p_bound
        );
        IF (one.amount > 0) <> one.goes_back THEN  -- a reversal gives back what its entry has used
            in_year := in_year + one.amount;
            IF one.business_date = p_today THEN in_day := in_day + one.amount; END IF;
        ELSE
            out_year := out_year - one.amount;
            IF one.business_date = p_today THEN out_day := out_day - one.amount; END IF;
        END IF;
    END LOOP;
END $$
"""
DROP = "DROP FUNCTION accounts_class_used(bigint, bigint, date)"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_careful_until"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="document_expires_on",
            field=models.DateField(blank=True, null=True, verbose_name="identity document expires on"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("document_expires_on__isnull", False)),
                fields=["document_expires_on"],
                name="customer_document_expires",
            ),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="account_class",
            field=models.CharField(
                choices=[("i", "Class I"), ("ii", "Class II"), ("iii", "Class III")],
                db_default="i",
                default="i",
                max_length=3,
                verbose_name="class",
            ),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="bound_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bound",
                to="accounts.bankaccount",
                verbose_name="bound to",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("account_class", "i"), ("bound_to__isnull", True)),
                    models.Q(("account_class__in", ["ii", "iii"]), ("bound_to__isnull", False)),
                    _connector="OR",
                ),
                name="bankaccount_lower_class_is_bound",
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
