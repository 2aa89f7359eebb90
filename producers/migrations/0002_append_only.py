from django.db import migrations

from marketplace.kernel.append_only import append_only


class Migration(migrations.Migration):
    """Facts only grow."""

    dependencies = [("producers", "0001_initial")]
    operations = [
        append_only("producers_price"),
        append_only("producers_productevent"),
    ]
