from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0003_kept_form")]

    operations = [
        migrations.AddField(
            model_name="stepup",
            name="proof",
            field=models.CharField(db_default="any", default="any", max_length=12),
        ),
    ]
