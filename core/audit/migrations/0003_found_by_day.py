"""An index by day that costs next to nothing to keep: the trail grows in the order of time."""

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # built beside the work of the day

    dependencies = [("audit", "0002_append_only")]

    operations = [
        AddIndexConcurrently("row", BrinIndex(fields=["acted_at"], name="audit_row_by_day", autosummarize=True)),
    ]
