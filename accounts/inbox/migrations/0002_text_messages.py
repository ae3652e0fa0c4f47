"""Adds text messages with their caps, and letters outside the inbox."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("key", models.CharField(max_length=60)),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("day", "key"), name="inbox_tally_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=5, verbose_name="way")),
                ("to_sealed", models.BinaryField()),
                ("to_index", models.CharField(max_length=64)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body_sealed", models.BinaryField()),
                ("purpose", models.CharField(max_length=60, verbose_name="purpose")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "On its way"), ("sent", "Sent"), ("expired", "Too late to be of use")],
                        default="waiting",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="time")),
                ("expires_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "text message",
                "verbose_name_plural": "text messages",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["created_at"], name="inbox_dispatch_by_age")],
            },
        ),
    ]
