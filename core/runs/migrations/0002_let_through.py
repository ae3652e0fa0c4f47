"""A person's word that open days are made up for, though the clock has jumped ahead of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="let_through",
            field=models.DateField(null=True, verbose_name="made up for until"),
        ),
    ]
