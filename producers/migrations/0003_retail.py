from django.db import migrations


class Migration(migrations.Migration):
    """The retail price list always exists: every price without another list is on it."""

    dependencies = [("producers", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            "INSERT INTO producers_pricelist (code, name) VALUES ('RETAIL', 'detaliczny') ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        )
    ]
