"""Adds renewals: which identity an application renews, what was told about an expiry, and the expiry on the customer.

The customers' dates are filled from the identities that are verified now. A document that the code before this one
approves while both run is brought in step by the daily task (accounts.identity.tasks).
"""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
    UPDATE accounts_customer c SET document_expires_on = v.expires_on
      FROM identity_verification v
     WHERE v.customer_id = c.id AND v.state = 'approved' AND v.expires_on IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_classes_and_expiry"),
        ("identity", "0002_documents_names_and_watch_lists"),
    ]

    operations = [
        migrations.AlterField(
            model_name="verification",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Being filled in"),
                    ("submitted", "Automatic checks"),
                    ("in_review", "With a reviewer"),
                    ("approved", "Approved"),
                    ("declined", "Not approved"),
                    ("withdrawn", "Taken back"),
                    ("replaced", "Replaced by a newer document"),
                ],
                default="draft",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="renews",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renewals",
                to="identity.verification",
                verbose_name="renews",
            ),
        ),
        migrations.CreateModel(
            name="RenewalNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expires_on", models.DateField(verbose_name="document expires on")),
                ("stage", models.CharField(max_length=12, verbose_name="what was told")),
                ("told_at", models.DateTimeField(verbose_name="told at")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice about a renewal",
                "verbose_name_plural": "notices about renewals",
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="renewalnotice",
            constraint=models.UniqueConstraint(
                fields=("customer", "expires_on", "stage"), name="identity_renewalnotice_once"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
