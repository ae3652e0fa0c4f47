"""One row for each person who has chosen how the portal looks and how they are told of what."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Preferences",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="preferences",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[("", "As my device"), ("light", "Light"), ("dark", "Dark")],
                        db_default="",
                        max_length=5,
                        verbose_name="light or dark",
                    ),
                ),
                ("colour", models.CharField(db_default="lantern", max_length=20, verbose_name="theme colour")),
                ("size", models.PositiveSmallIntegerField(db_default=100, verbose_name="size of type, per cent")),
                ("simple", models.BooleanField(db_default=False, verbose_name="large-print layout")),
                ("covered", models.BooleanField(db_default=False, verbose_name="amounts covered at first")),
                (
                    "quick",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        null=True,
                        size=None,
                        verbose_name="quick functions",
                    ),
                ),
                (
                    "channels",
                    models.JSONField(db_default={}, default=dict, verbose_name="channels of notices"),
                ),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="changed at"
                    ),
                ),
            ],
            options={
                "verbose_name": "preferences of a person",
                "verbose_name_plural": "preferences of people",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["", "light", "dark"])), name="preferences_known_mode"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__range", (100, 200))), name="preferences_bounded_size"
                    ),
                ],
            },
        ),
    ]
