"""The words of reasons become data with versions, and a decision keeps which version it gave.

Old code goes on as it is: it names no versions, and such a decision was told the first.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION reviews_refuse_rewording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what somebody was told is never reworded: add a version' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER reviews_reasontext_append_only BEFORE UPDATE OR DELETE ON reviews_reasontext
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_refuse_rewording();

CREATE FUNCTION reviews_guard_wording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> 1 + coalesce((SELECT max(version) FROM reviews_reasontext
                                     WHERE subject = NEW.subject AND code = NEW.code), 0) THEN
        RAISE EXCEPTION 'versions of %/% follow one another', NEW.subject, NEW.code USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.version > 1 AND NEW.change IS NULL
       AND NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RAISE EXCEPTION 'the words of %/% are changed by two people, or by a release', NEW.subject, NEW.code
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_reasontext_follows BEFORE INSERT ON reviews_reasontext
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_wording();

CREATE FUNCTION reviews_guard_reasons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(NEW.reason_versions) > 0 AND (
        cardinality(NEW.reason_versions) <> cardinality(NEW.reasons) OR EXISTS (
            SELECT 1 FROM unnest(NEW.reasons, NEW.reason_versions) AS given(code, version)
             WHERE NOT EXISTS (
                SELECT 1 FROM reviews_reasontext t JOIN reviews_case c ON c.id = NEW.case_id AND c.subject = t.subject
                 WHERE t.code = given.code AND t.version = given.version AND NEW.verdict = ANY (t.verdicts)))
    ) THEN
        RAISE EXCEPTION 'a decision names reasons in versions that exist' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_decision_reasons_worded BEFORE INSERT ON reviews_decision
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_reasons();
"""
BACKWARD = """
DROP TRIGGER reviews_decision_reasons_worded ON reviews_decision;
DROP FUNCTION reviews_guard_reasons();
DROP TRIGGER reviews_reasontext_follows ON reviews_reasontext;
DROP FUNCTION reviews_guard_wording();
DROP TRIGGER reviews_reasontext_append_only ON reviews_reasontext;
DROP FUNCTION reviews_refuse_rewording();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_no_way_around")]
    operations = [
        migrations.AddField(
            model_name="decision",
            name="reason_versions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                db_default=[],
                default=list,
                size=None,
                verbose_name="versions of the reasons",
            ),
        ),
        migrations.CreateModel(
            name="ReasonText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=40, verbose_name="kind")),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                (
                    "verdicts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=7),
                        size=None,
                        verbose_name="decisions it is given for",
                    ),
                ),
                ("label_zh", models.CharField(max_length=120, verbose_name="for staff (Chinese)")),
                ("label_en", models.CharField(max_length=120, verbose_name="for staff (English)")),
                ("tells_zh", models.CharField(max_length=300, verbose_name="what customers are told (Chinese)")),
                ("tells_en", models.CharField(max_length=300, verbose_name="what customers are told (English)")),
                ("advice_zh", models.CharField(max_length=300, verbose_name="what customers can do (Chinese)")),
                ("advice_en", models.CharField(max_length=300, verbose_name="what customers can do (English)")),
                ("valid_from", models.DateField(verbose_name="counts from")),
                ("valid_to", models.DateField(null=True, verbose_name="counts until")),
                ("change", models.UUIDField(null=True, unique=True, verbose_name="change")),
                ("added_at", models.DateTimeField(verbose_name="added at")),
            ],
            options={
                "verbose_name": "text of a reason",
                "verbose_name_plural": "texts of reasons",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject", "code", "version"), name="reviews_reasontext_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z][a-z0-9_]*$"), ("version__gte", 1)),
                        name="reviews_reasontext_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("label_zh", ""), _negated=True),
                            models.Q(("label_en", ""), _negated=True),
                            models.Q(("tells_zh", ""), _negated=True),
                            models.Q(("tells_en", ""), _negated=True),
                        ),
                        name="reviews_reasontext_has_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdicts__contained_by", ["approve", "decline"]), ("verdicts__len__gt", 0)
                        ),
                        name="reviews_reasontext_has_verdicts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="reviews_reasontext_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
