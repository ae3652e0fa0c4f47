"""How a customer keeps a payee abroad: a word of their own, a group, a note, on top of the list or not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crossborder", "0005_judged"),
    ]

    operations = [
        migrations.AddField(
            model_name="payeeabroad",
            name="alias",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=60, verbose_name="name in the list"
            ),
        ),
        migrations.AddField(
            model_name="payeeabroad",
            name="favourite",
            field=models.BooleanField(db_default=False, default=False, verbose_name="favourite"),
        ),
        migrations.AddField(
            model_name="payeeabroad",
            name="group",
            field=models.CharField(blank=True, db_default="", default="", max_length=30, verbose_name="group"),
        ),
        migrations.AddField(
            model_name="payeeabroad",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="note"),
        ),
    ]
