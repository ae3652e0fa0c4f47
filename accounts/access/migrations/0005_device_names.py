"""A device has a name of its person's own, what its browser calls itself, and an id for its page's address."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0004_stepup_proof")]

    operations = [
        migrations.AddField(
            model_name="knowndevice",
            name="name",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="knowndevice",
            name="agent",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        # The default is worked out anew for each row there is.
        migrations.AddField(
            model_name="knowndevice",
            name="public_id",
            field=models.UUIDField(
                db_default=models.Func(function="gen_random_uuid"), default=uuid.uuid4, editable=False, unique=True
            ),
        ),
    ]
