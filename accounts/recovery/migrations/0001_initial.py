"""Requests for a new second step, and the photos that prove who asks."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being filled in"),
                            ("sent", "On the review desk"),
                            ("approved", "Approved"),
                            ("declined", "Not approved"),
                            ("stopped", "Stopped"),
                            ("done", "Carried out"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("from_known_device", models.BooleanField(verbose_name="asked from a device used before")),
                ("number_sealed", models.BinaryField(default=b"")),
                ("uploads", models.PositiveSmallIntegerField(default=0)),
                ("started_at", models.DateTimeField(verbose_name="begun at")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                ("halfway_at", models.DateTimeField(null=True)),
                ("halfway_told_at", models.DateTimeField(null=True)),
                ("ready_at", models.DateTimeField(null=True, verbose_name="not before")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "decline_reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("lapses_at", models.DateTimeField(null=True, verbose_name="lapses at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                ("ended_how", models.CharField(blank=True, max_length=20)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recoveries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "request for a new second step",
                "verbose_name_plural": "requests for a new second step",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("document", "Document, the side with the photo"),
                            ("selfie", "Photo of your face today"),
                        ],
                        max_length=8,
                    ),
                ),
                ("file", models.CharField(max_length=80, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("uploaded_at", models.DateTimeField()),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="recovery.recovery"
                    ),
                ),
            ],
            options={
                "verbose_name": "photo of a request",
                "verbose_name_plural": "photos of requests",
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "sent", "approved"])),
                fields=("user",),
                name="recovery_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("sent_at", None), ("ready_at__gt", models.F("sent_at")), _connector="OR"),
                name="recovery_waits_after_sending",
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True), ("ended_at__gte", models.F("ready_at")), _connector="OR"
                ),
                name="recovery_done_after_the_wait",
            ),
        ),
        migrations.AddConstraint(
            model_name="recovery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["approved", "done"]), _negated=True),
                    ("decided_at__isnull", False),
                    _connector="OR",
                ),
                name="recovery_done_only_when_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(fields=("recovery", "side"), name="recovery_evidence_once_per_side"),
        ),
    ]
