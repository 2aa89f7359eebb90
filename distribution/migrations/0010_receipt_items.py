import django.db.models.deletion
from django.db import migrations, models

from marketplace.kernel.append_only import append_only


class Migration(migrations.Migration):
    """What each PZ says against what was owed; and goods that lie on ramps get their put-away tasks."""

    dependencies = [("distribution", "0009_sources_and_quotas"), ("producers", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ReceiptItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owed", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("refused", models.PositiveIntegerField()),
                (
                    "refused_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TOO_WARM", "za ciepłe"),
                            ("DAMAGED", "uszkodzone opakowanie"),
                            ("NO_LABEL", "brak etykiety lub daty"),
                            ("TOO_SHORT", "za krótki termin"),
                            ("NOT_ORDERED", "niezamówione"),
                            ("QUALITY", "zła jakość"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "difference_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LESS_MADE", "producent ma mniej"),
                            ("LEFT_BEHIND", "zostało u producenta, przyjedzie później"),
                            ("DAMAGED", "zniszczone w drodze"),
                            ("MISCOUNTED", "inna liczba niż na dokumencie"),
                            ("EXTRA", "przywieziono więcej"),
                        ],
                        max_length=11,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "arrival",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt_items",
                        to="distribution.arrival",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="distribution.document"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="producers.stockitem"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("document", "item"), name="distribution_receipt_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(("refused", 0), models.Q(("refused_for", ""), _negated=True), _connector="OR"),
                        name="distribution_receipt_item_refused_for",
                    ),
                ],
            },
        ),
        append_only("distribution_receiptitem"),
        migrations.RunSQL(
            "INSERT INTO distribution_task (centre_id, kind, balance_id, due_at, state) "
            "SELECT b.centre_id, 'PUT_AWAY', b.id, now(), 'OPEN' FROM distribution_balance b "
            "JOIN distribution_location l ON l.id = b.location_id AND l.kind = 'DOCK' "
            "JOIN distribution_lot t ON t.id = b.lot_id AND t.state <> 'RECALLED' WHERE b.units > 0",
            migrations.RunSQL.noop,
        ),
    ]
