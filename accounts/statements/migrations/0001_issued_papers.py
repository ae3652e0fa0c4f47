"""Monthly statements and certificates of balance: issued once, by whomever, and never changed."""

import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION statements_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was issued is never changed (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER statements_monthlystatement_issued BEFORE UPDATE ON statements_monthlystatement
    FOR EACH STATEMENT EXECUTE FUNCTION statements_refuse_change();
CREATE TRIGGER statements_balancecertificate_issued BEFORE UPDATE ON statements_balancecertificate
    FOR EACH STATEMENT EXECUTE FUNCTION statements_refuse_change();
"""
BACKWARD = """
DROP TRIGGER statements_balancecertificate_issued ON statements_balancecertificate;
DROP TRIGGER statements_monthlystatement_issued ON statements_monthlystatement;
DROP FUNCTION statements_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0006_classes_and_expiry"),
    ]

    operations = [
        migrations.CreateModel(
            name="BalanceCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("key", models.UUIDField()),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="verification code")),
                ("holder", models.CharField(max_length=200, verbose_name="holder")),
                ("at_end_of", models.DateField(verbose_name="at the end of")),
                ("balances", models.JSONField(verbose_name="balances")),
                ("issued_at", models.DateTimeField(verbose_name="issued at")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balance_certificates",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "certificate of balance",
                "verbose_name_plural": "certificates of balance",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("customer", "key"), name="certificate_once_per_form")],
            },
        ),
        migrations.CreateModel(
            name="MonthlyStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=models.Func(function="gen_random_uuid"), default=uuid.uuid4, unique=True
                    ),
                ),
                ("month", models.DateField(verbose_name="month")),
                ("first_number", models.BigIntegerField(verbose_name="first line")),
                ("last_number", models.BigIntegerField(verbose_name="last line")),
                ("opening", models.BigIntegerField(verbose_name="opening balance")),
                ("money_in", models.BigIntegerField(verbose_name="money in")),
                ("money_out", models.BigIntegerField(verbose_name="money out")),
                ("closing", models.BigIntegerField(verbose_name="closing balance")),
                ("issued_at", models.DateTimeField(verbose_name="issued at")),
                (
                    "bank_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="monthly_statements",
                        to="accounts.bankaccount",
                    ),
                ),
            ],
            options={
                "verbose_name": "monthly statement",
                "verbose_name_plural": "monthly statements",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("bank_account", "month"), name="statement_once_a_month"),
                    models.UniqueConstraint(fields=("bank_account", "first_number"), name="statement_line_on_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "closing",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("opening"), "+", models.F("money_in")
                                    ),
                                    "-",
                                    models.F("money_out"),
                                ),
                            )
                        ),
                        name="statement_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_number__lte", models.F("last_number")), ("money_in__gte", 0), ("money_out__gte", 0)
                        ),
                        name="statement_has_lines",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
