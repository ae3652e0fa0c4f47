"""Makes the groups of the five roles that joined: teller, service agent, marketer, product manager, risk officer."""

from django.db import migrations

ROLES = ["teller", "service_agent", "marketer", "product_manager", "risk_officer"]


def make(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


def unmake(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES, user__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_mobile_numbers"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make, unmake)]
