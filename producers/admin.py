"""Reference data of the market: shelves, VAT, marks, allergens, places, clusters, who works at a desk."""

from django.contrib.admin import register

from marketplace.accounts.admin import KeptForEver, ReadOnly, ReferenceAdmin, ReferenceInline, site
from marketplace.kernel.polish import sort_key
from producers.models import (
    Allergen,
    Category,
    Cluster,
    ClusterRole,
    Mark,
    Member,
    Place,
    Producer,
    ProducerPerson,
    VatClass,
    VatRate,
)


@register(Category, site=site)
class CategoryAdmin(KeptForEver, ReferenceAdmin):
    list_display = ("name_pl", "name_en", "parent", "position")
    list_select_related = ("parent",)
    search_fields = ("name_pl", "name_en")
    fields = ("slug", "name_pl", "name_en", "parent", "icon", "position", "register_key")
    readonly_fields = ("register_key",)


class VatRateInline(ReferenceInline):
    """A rate that held is history: a new one begins, the old one gets its last day."""

    model = VatRate
    extra = 0
    can_delete = False


@register(VatClass, site=site)
class VatClassAdmin(KeptForEver, ReferenceAdmin):
    list_display = ("name", "cn", "pkwiu")
    search_fields = ("name", "key", "cn")
    inlines = (VatRateInline,)

    def get_readonly_fields(self, request, obj=None):
        return ("key",) if obj else ()


@register(Mark, site=site)
class MarkAdmin(KeptForEver, ReferenceAdmin):
    list_display = ("code", "name_pl", "short", "position")

    def get_readonly_fields(self, request, obj=None):
        return ("code",) if obj else ()


@register(Allergen, site=site)
class AllergenAdmin(KeptForEver, ReferenceAdmin):
    """The 14 are law; only their words may be put right."""

    list_display = ("number", "name_pl", "name_en", "examples")
    readonly_fields = ("key", "number")

    def has_add_permission(self, request):
        return False


@register(Place, site=site)
class PlaceAdmin(ReadOnly, ReferenceAdmin):
    list_display = ("name", "voivodeship", "postal_code", "population")
    list_select_related = ("voivodeship",)
    list_filter = ("voivodeship",)
    search_fields = ("name", "postal_code")
    fields = ("name", "is_town", "postal_code", "gmina", "powiat", "voivodeship", "population")


@register(Producer, site=site)
class ProducerAdmin(ReadOnly, ReferenceAdmin):
    """Looked at, and chosen from in the forms of members and desks."""

    list_display = ("name", "legal_form", "place", "is_active")
    list_select_related = ("place",)
    list_filter = ("is_active", "legal_form", "voivodeship")
    search_fields = ("name", "slug", "email")
    fields = (
        "name",
        "slug",
        "legal_form",
        "nip",
        "vat_status",
        "place",
        "voivodeship",
        "email",
        "phone",
        "joined_on",
    )


@register(ProducerPerson, site=site)
class ProducerPersonAdmin(ReferenceAdmin):
    list_display = ("user", "producer", "role")
    list_select_related = ("user", "producer")
    list_filter = ("role",)
    search_fields = ("user__email", "producer__name")
    autocomplete_fields = ("user", "producer")


class ClusterRoleInline(ReferenceInline):
    model = ClusterRole
    extra = 0
    autocomplete_fields = ("user",)


class SortKeyed:
    """Keeps the column lists are ordered by in step with the name."""

    exclude = ("sort_key",)

    def save_model(self, request, obj, form, change):
        obj.sort_key = sort_key(obj.name)
        super().save_model(request, obj, form, change)


@register(Cluster, site=site)
class ClusterAdmin(SortKeyed, KeptForEver, ReferenceAdmin):
    list_display = ("name", "parent", "voivodeship")
    list_select_related = ("parent", "voivodeship")
    search_fields = ("name",)
    inlines = (ClusterRoleInline,)


@register(Member, site=site)
class MemberAdmin(SortKeyed, KeptForEver, ReferenceAdmin):
    list_display = ("name", "cluster", "kind", "joined_on", "left_on")
    list_select_related = ("cluster",)
    list_filter = ("kind", "cluster")
    search_fields = ("name",)
    autocomplete_fields = ("cluster", "producer")
