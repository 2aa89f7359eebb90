"""Reference data of the centres: the centre's card, hand-over places and their codes, staff with badge and PIN."""

from django import forms
from django.contrib.admin import register
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from distribution.models import Centre, CentreStaff, Coverage, HandoverPlace
from marketplace.accounts.admin import KeptForEver, ReferenceAdmin, ReferenceInline, site


@register(Centre, site=site)
class CentreAdmin(KeptForEver, ReferenceAdmin):
    """How a centre is reached. Its code, zones and locations come with its making: documents name them."""

    list_display = ("name", "code", "phone", "opening_hours", "is_active")
    search_fields = ("name", "code")
    fields = (
        "code",
        "name",
        "street",
        "postal_code",
        "place",
        "voivodeship",
        "phone",
        "opening_hours",
        "is_active",
    )
    readonly_fields = ("code", "place", "voivodeship")

    def has_add_permission(self, request):
        return False


class CoverageInline(ReferenceInline):
    model = Coverage
    extra = 0


@register(HandoverPlace, site=site)
class HandoverPlaceAdmin(KeptForEver, ReferenceAdmin):
    list_display = ("name", "kind", "centre", "is_active")
    list_select_related = ("centre",)
    list_filter = ("kind", "centre")
    search_fields = ("name", "address")
    inlines = (CoverageInline,)


class StaffForm(forms.ModelForm):
    """The PIN is never shown: four to eight digits, kept hashed."""

    pin = forms.RegexField(
        label=_("Nowy PIN"),
        regex=r"^\d{4,8}$",
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password", "inputmode": "numeric"}),
        help_text=_("Od 4 do 8 cyfr. Puste: bez zmiany."),
        error_messages={"invalid": _("PIN ma od 4 do 8 cyfr.")},
    )

    class Meta:
        model = CentreStaff
        fields = ("centre", "user", "role", "badge", "is_active")
        labels = {
            "centre": _("Centrum"),
            "user": _("Osoba"),
            "role": _("Rola"),
            "is_active": _("Pracuje tu"),
        }

    def clean_badge(self):
        return self.cleaned_data["badge"].strip().upper()

    def clean_pin(self):
        pin = self.cleaned_data["pin"]
        if not pin and not self.instance.pin_hash:
            raise forms.ValidationError(_("Nowa osoba potrzebuje PIN-u."))
        return pin

    def save(self, commit=True):
        if pin := self.cleaned_data["pin"]:
            self.instance.pin_hash = make_password(pin)
        return super().save(commit)


@register(CentreStaff, site=site)
class CentreStaffAdmin(KeptForEver, ReferenceAdmin):
    form = StaffForm
    list_display = ("user", "centre", "role", "badge", "is_active")
    list_select_related = ("user", "centre")
    list_filter = ("role", "is_active", "centre")
    search_fields = ("user__email", "user__name", "badge")
    autocomplete_fields = ("user", "centre")
