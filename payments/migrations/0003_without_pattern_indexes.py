"""Nobody searches references or verification codes by their beginnings: two indexes less for each confirmation."""

from django.db import migrations

FORWARD = """
DROP INDEX IF EXISTS payments_transfer_reference_54322f79_like;
DROP INDEX IF EXISTS payments_transfer_verification_code_67e264a1_like;
"""
BACKWARD = """
CREATE INDEX IF NOT EXISTS payments_transfer_reference_54322f79_like
    ON payments_transfer (reference varchar_pattern_ops);
CREATE INDEX IF NOT EXISTS payments_transfer_verification_code_67e264a1_like
    ON payments_transfer (verification_code varchar_pattern_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_used")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
