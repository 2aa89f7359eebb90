import django.db.models.deletion
from django.db import migrations, models

from marketplace.kernel.append_only import append_only


class Migration(migrations.Migration):
    """What was made before the network was made and handed over in one centre; the new facts only grow."""

    dependencies = [("distribution", "0003_network")]
    operations = [
        migrations.RunSQL(
            "UPDATE distribution_fulfilment SET destination_id = centre_id WHERE destination_id IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "UPDATE distribution_wave w SET centre_id = r.centre_id FROM distribution_round r "
            "WHERE r.id = w.round_id AND w.centre_id IS NULL",
            migrations.RunSQL.noop,
        ),
        # Every round is reached from its own centre, whatever the temperature.
        migrations.RunSQL(
            "INSERT INTO distribution_route "
            "(round_id, origin_id, temperature, chain, changes, kilometres, ready_by, is_current) "
            "SELECT r.id, r.centre_id, t, '', 0, 0, r.packs_on, true FROM distribution_round r, "
            "unnest(ARRAY['AMBIENT', 'CHILLED', 'FROZEN']) AS t",
            migrations.RunSQL.noop,
        ),
        # Deferred checks of the rows just written must be settled before their tables change again.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="fulfilment",
            name="destination",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inbound",
                to="distribution.centre",
            ),
        ),
        migrations.AlterField(
            model_name="wave",
            name="centre",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waves",
                to="distribution.centre",
            ),
        ),
        append_only("distribution_tripevent"),
        append_only("distribution_reading"),
        append_only("distribution_recallplace"),
    ]
