"""Limits a customer sets, transfers without a code, the payee book, and one function that sums it all under the lock.

`payments_standing` takes the place of `payments_used`, which stays for the code that runs until everything is replaced.
It is volatile for the same reason: each query in it takes its own snapshot, after the payer's lock was waited for.
"""

import django.db.models.deletion
import uuid
from django.db import migrations, models

CREATE = """
CREATE FUNCTION payments_standing(
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
                ELSE 0 END,
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
              FROM payments_transfer
             WHERE payer_id = p_payer AND state = 'confirmed' AND business_date BETWEEN p_first AND p_last
               AND (kind <> 'own' OR p_own)) s
      LEFT JOIN payments_payee payee ON payee.id = p_payee AND payee.customer_id = p_payer;
END $$
"""
DROP = """
DROP FUNCTION payments_standing(bigint, text, bigint, date, date, date, date, boolean, timestamptz, timestamptz)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_careful_until"),
        ("payments", "0003_without_pattern_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="payee",
            name="favourite",
            field=models.BooleanField(db_default=False, default=False, verbose_name="favourite"),
        ),
        migrations.AddField(
            model_name="payee",
            name="group",
            field=models.CharField(blank=True, db_default="", default="", max_length=30, verbose_name="group"),
        ),
        migrations.AddField(
            model_name="payee",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="note"),
        ),
        migrations.AddField(
            model_name="payee",
            name="trusted_at",
            field=models.DateTimeField(null=True, verbose_name="trusted since"),
        ),
        migrations.AddField(
            model_name="transfer",
            name="confirmed_sum",
            field=models.BigIntegerField(null=True, verbose_name="sum of the day confirmed in words"),
        ),
        migrations.AddField(
            model_name="transfer",
            name="free",
            field=models.CharField(blank=True, db_default="", default="", max_length=8, verbose_name="without a code"),
        ),
        migrations.CreateModel(
            name="Freedom",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("own", "Between own accounts"),
                            ("trusted", "To trusted payees"),
                            ("small", "Small sums"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("given_at", models.DateTimeField(null=True, verbose_name="allowed since")),
                ("amount", models.BigIntegerField(default=0, verbose_name="gone without a code")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="transfers without a code")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="freedoms", to="accounts.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "transfers without a code",
                "verbose_name_plural": "transfers without a code",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "kind", "currency"), name="freedom_once_per_kind_and_currency"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["own", "trusted", "small"])), name="freedom_kind"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="freedom_sum_is_no_debt"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[("online", "Online")], default="online", max_length=10, verbose_name="channel"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "which",
                    models.CharField(
                        choices=[
                            ("payment", "One transfer"),
                            ("day", "A day"),
                            ("month", "A month"),
                            ("year", "A year"),
                            ("day_count", "Transfers a day"),
                            ("month_count", "Transfers a month"),
                            ("year_count", "Transfers a year"),
                        ],
                        max_length=12,
                        verbose_name="limit",
                    ),
                ),
                ("value", models.BigIntegerField(verbose_name="value")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("counts_from", models.DateTimeField(null=True, verbose_name="counts from")),
                ("stopped_at", models.DateTimeField(null=True, verbose_name="stopped at")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="own_limits", to="accounts.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "own limit",
                "verbose_name_plural": "own limits",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0), ("value__lte", 100000000000000000)),
                        name="own_limit_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("currency__regex", "^[A-Z]{3}$"), ("which__in", ["payment", "day", "month", "year"])
                            ),
                            models.Q(("currency", ""), ("which__in", ["day_count", "month_count", "year_count"])),
                            _connector="OR",
                        ),
                        name="own_limit_has_its_unit",
                    ),
                    models.CheckConstraint(condition=models.Q(("channel__in", ["online"])), name="own_limit_channel"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stopped_at__isnull", True), ("counts_from__isnull", False), _connector="OR"
                        ),
                        name="own_limit_only_a_wait_stops",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
