from django.db import migrations

from marketplace.kernel.append_only import append_only


class Migration(migrations.Migration):
    """Facts only grow."""

    dependencies = [("distribution", "0001_initial")]
    operations = [
        append_only("distribution_movement"),
        append_only("distribution_document"),
        append_only("distribution_documentline"),
        append_only("distribution_lotstatuschange"),
        append_only("distribution_supplychange"),
        append_only("distribution_roundevent"),
        append_only("distribution_fulfilmentevent"),
        append_only("distribution_shortage"),
        append_only("distribution_taskevent"),
        append_only("distribution_scan"),
    ]
