"""The queue's indexes, built beside a running desk: by whether a case is closed, which no new state can outdate."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reviews", "0003_the_whole_desk")]
    operations = [
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)), fields=["due_at", "id"], name="reviews_case_undecided"
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)), fields=["-closed_at"], name="reviews_case_decided"
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(fields=["subject", "subject_id"], name="reviews_case_by_subject"),
        ),
        RemoveIndexConcurrently(
            model_name="case",
            name="reviews_case_queue",
        ),
        RemoveIndexConcurrently(
            model_name="case",
            name="reviews_case_closed",
        ),
    ]
