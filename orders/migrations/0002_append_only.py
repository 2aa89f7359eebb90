from django.db import migrations

from marketplace.kernel.append_only import append_only


class Migration(migrations.Migration):
    """Facts only grow."""

    dependencies = [("orders", "0001_initial")]
    operations = [
        append_only("orders_orderevent"),
        append_only("orders_offlinereceipt"),
        append_only("orders_moneyevent"),
    ]
