"""Pauses, assignment, skills, relations, escalation, corrections: columns that old code can leave alone."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("answered", "Customer answered"),
                            ("unanswered", "No answer in time"),
                            ("recalled", "Question taken back"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("sealed", models.BinaryField(default=b"", verbose_name="answer")),
                ("answered_at", models.DateTimeField(verbose_name="time")),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(80, "Most of the time is gone"), (100, "Overdue")], verbose_name="level"
                    ),
                ),
                (
                    "told",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="told"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="time")),
            ],
            options={
                "verbose_name": "escalation",
                "verbose_name_plural": "escalations",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None, verbose_name="questions"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("answer_by", models.DateTimeField(verbose_name="answer wanted by")),
            ],
            options={
                "verbose_name": "question to the customer",
                "verbose_name_plural": "questions to the customer",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("partner", "Partner or spouse"),
                            ("family", "Family"),
                            ("household", "Same household"),
                            ("friend", "Close friend"),
                            ("business", "Business partner"),
                        ],
                        max_length=10,
                        verbose_name="relation",
                    ),
                ),
                (
                    "parties",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=90), size=None, verbose_name="keys of the other person"
                    ),
                ),
                ("shown", models.CharField(max_length=80, verbose_name="other person")),
                ("declared_at", models.DateTimeField(verbose_name="declared at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
            ],
            options={
                "verbose_name": "declared relation",
                "verbose_name_plural": "declared relations",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                ("name_en", models.CharField(max_length=80, verbose_name="name (English)")),
                ("name_zh", models.CharField(max_length=80, verbose_name="name (Chinese)")),
            ],
            options={
                "verbose_name": "skill",
                "verbose_name_plural": "skills",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="StaffSkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_at", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "skill of a colleague",
                "verbose_name_plural": "skills of colleagues",
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="reviews_case_once_per_subject",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="reviews_case_closed_has_time",
        ),
        migrations.AddField(
            model_name="case",
            name="assignee",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="assigned to",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="corrects",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_by",
                to="reviews.case",
                verbose_name="corrects the case",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="expires_at",
            field=models.DateTimeField(null=True, verbose_name="can be decided until"),
        ),
        migrations.AddField(
            model_name="case",
            name="pending_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="pending act"),
        ),
        migrations.AddField(
            model_name="case",
            name="skills",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                db_default=[],
                default=list,
                size=None,
                verbose_name="skills it takes",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="warn_at",
            field=models.DateTimeField(null=True, verbose_name="warned at"),
        ),
        migrations.AddField(
            model_name="case",
            name="worked_seconds",
            field=models.PositiveIntegerField(null=True, verbose_name="working time it took"),
        ),
        migrations.AddField(
            model_name="decision",
            name="made_in",
            field=models.BigIntegerField(editable=False, null=True, verbose_name="transaction"),
        ),
        migrations.AddField(
            model_name="event",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=500, verbose_name="note"),
        ),
        migrations.AddField(
            model_name="event",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="to",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "To be claimed"),
                    ("claimed", "In review"),
                    ("waiting", "Waits for a second review"),
                    ("asked", "Waits for the customer"),
                    ("approved", "Approved"),
                    ("declined", "Declined"),
                    ("withdrawn", "Withdrawn"),
                    ("expired", "Expired"),
                ],
                default="open",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "Case opened"),
                    ("claimed", "Claimed"),
                    ("taken_over", "Taken over"),
                    ("released", "Given back"),
                    ("approved", "Approved"),
                    ("declined", "Declined"),
                    ("withdrawn", "Withdrawn"),
                    ("expired", "Expired"),
                    ("asked", "Customer asked"),
                    ("answered", "Customer answered"),
                    ("unanswered", "No answer in time"),
                    ("recalled", "Question taken back"),
                    ("assigned", "Assigned to"),
                    ("handed_over", "Handed over to"),
                    ("warned", "Most of the time is gone"),
                    ("overdue", "Overdue"),
                    ("reopened", "Opened to correct a decision"),
                ],
                max_length=12,
                verbose_name="what happened",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects__isnull", True)),
                fields=("subject", "subject_id"),
                name="reviews_case_first_once_per_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True), models.Q(("pending_key", ""), _negated=True)),
                fields=("subject", "pending_key"),
                name="reviews_case_one_pending_act",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False), ("state__in", ["approved", "declined", "expired", "withdrawn"])
                    ),
                    models.Q(("closed_at__isnull", True), ("state__in", ["open", "claimed", "waiting", "asked"])),
                    _connector="OR",
                ),
                name="reviews_case_closed_at_its_end",
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="answered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="reviews.case"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="reviews.case"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="question",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="reviews.question"
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="declared_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="declared by",
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ended by",
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="colleague",
            ),
        ),
        migrations.AddConstraint(
            model_name="skill",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[a-z][a-z0-9_.]*$")), name="reviews_skill_code"
            ),
        ),
        migrations.AddField(
            model_name="staffskill",
            name="given_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="entered by",
            ),
        ),
        migrations.AddField(
            model_name="staffskill",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="staffskill",
            name="skill",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="holders", to="reviews.skill"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(fields=("case", "level"), name="reviews_escalation_once_per_level"),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["case", "id"], name="reviews_question_by_case"),
        ),
        migrations.AddIndex(
            model_name="relation",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["person"], name="reviews_relation_counts"
            ),
        ),
        migrations.AddConstraint(
            model_name="staffskill",
            constraint=models.UniqueConstraint(fields=("person", "skill"), name="reviews_staffskill_once"),
        ),
    ]
