"""Who looks after payments, and who buys in which channel. Orders and money are facts and are not here."""

from django.contrib.admin import register

from marketplace.accounts.admin import ReferenceAdmin, site
from orders.models import BuyerChannel, FinanceRole


@register(FinanceRole, site=site)
class FinanceRoleAdmin(ReferenceAdmin):
    list_display = ("user",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    autocomplete_fields = ("user",)


@register(BuyerChannel, site=site)
class BuyerChannelAdmin(ReferenceAdmin):
    list_display = ("user", "channel")
    list_select_related = ("user",)
    list_filter = ("channel",)
    search_fields = ("user__email",)
    autocomplete_fields = ("user",)
