"""Who looks after payments. Orders and money are facts and are not here."""

from django.contrib.admin import register

from marketplace.accounts.admin import ReferenceAdmin, site
from orders.models import FinanceRole


@register(FinanceRole, site=site)
class FinanceRoleAdmin(ReferenceAdmin):
    list_display = ("user",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    autocomplete_fields = ("user",)
