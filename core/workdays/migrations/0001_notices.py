"""A year's special days, kept for good: neither the portal nor the owner of the table edits or removes one."""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION workdays_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a notice about working days is never changed: load the year anew'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER workdays_notice_append_only BEFORE UPDATE OR DELETE ON workdays_notice
    FOR EACH STATEMENT EXECUTE FUNCTION workdays_refuse_change();
"""
BACKWARD = """
DROP TRIGGER workdays_notice_append_only ON workdays_notice;
DROP FUNCTION workdays_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("edition", models.PositiveSmallIntegerField(verbose_name="edition")),
                ("days", models.JSONField(verbose_name="special days")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("loaded_at", models.DateTimeField(verbose_name="loaded at")),
            ],
            options={
                "verbose_name": "notice about working days",
                "verbose_name_plural": "notices about working days",
                "default_permissions": ("view",),
            },
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("year", "edition"), name="workdays_notice_edition_once"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edition__gte", 1),
                    ("year__gte", 2007),
                    ("year__lte", 2200),
                    models.Q(("source", ""), _negated=True),
                ),
                name="workdays_notice_makes_sense",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
