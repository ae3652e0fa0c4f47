"""What was once shown, or waits to be shown, keeps its words: only a draft is written on, whoever writes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION guidance_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the words of edition % stay as they are', OLD.id USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER guidance_edition_words_stay BEFORE UPDATE OF texts, article_id, number ON guidance_edition
    FOR EACH ROW WHEN (OLD.state <> 'draft' AND (OLD.texts, OLD.article_id, OLD.number)
                       IS DISTINCT FROM (NEW.texts, NEW.article_id, NEW.number))
    EXECUTE FUNCTION guidance_refuse_rewriting();
CREATE TRIGGER guidance_edition_stays BEFORE DELETE ON guidance_edition
    FOR EACH ROW EXECUTE FUNCTION guidance_refuse_rewriting();
"""

BACKWARD = """
DROP TRIGGER guidance_edition_stays ON guidance_edition;
DROP TRIGGER guidance_edition_words_stay ON guidance_edition;
DROP FUNCTION guidance_refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [("guidance", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
