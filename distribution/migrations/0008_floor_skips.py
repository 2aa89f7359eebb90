from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("distribution", "0007_rehearsal_trips")]

    operations = [
        migrations.AddField(
            model_name="allocation",
            name="skips",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
