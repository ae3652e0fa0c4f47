"""Lets people be reached by mobile number: the e-mail address may be absent, the number is kept sealed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_staff_roles"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="PastContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("email", "email"), ("phone", "phone")], max_length=5)),
                ("sealed", models.BinaryField()),
                ("replaced_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "former contact",
                "verbose_name_plural": "former contacts",
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="user",
            name="phone_index",
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="user",
            name="phone_sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="phone_verified_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(blank=True, max_length=254, null=True, unique=True, verbose_name="e-mail"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email__isnull", False), ("phone_index__isnull", False), _connector="OR"),
                name="user_can_be_reached",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("phone_index__isnull", True),
                        ("phone_sealed__isnull", True),
                        ("phone_verified_at__isnull", True),
                    ),
                    models.Q(("phone_index__isnull", False), ("phone_sealed__isnull", False)),
                    _connector="OR",
                ),
                name="user_phone_is_whole",
            ),
        ),
        migrations.AddField(
            model_name="pastcontact",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="past_contacts", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="pastcontact",
            index=models.Index(fields=["user", "-replaced_at"], name="pastcontact_newest_first"),
        ),
    ]
