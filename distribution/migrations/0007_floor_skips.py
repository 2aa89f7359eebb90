from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("distribution", "0006_recall_count_started")]

    operations = [
        migrations.AddField(
            model_name="allocation",
            name="skips",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
