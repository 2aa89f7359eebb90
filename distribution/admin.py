"""Reference data of the centres: the centre's card, hand-over places and their codes, staff with badge and PIN."""

from django import forms
from django.contrib.admin import (
    BooleanFieldListFilter,
    ChoicesFieldListFilter,
    RelatedFieldListFilter,
    display,
    register,
)
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from distribution.models import Centre, CentreStaff, Coverage, HandoverPlace
from marketplace.accounts.admin import KeptForEver, ReferenceAdmin, ReferenceInline, site

WORDS = {
    "centre": _("centrum"),
    "is_active": _("czynne"),
    "kind": _("rodzaj"),
    "latitude": _("szerokość geograficzna"),
    "longitude": _("długość geograficzna"),
    "place": _("miejscowość"),
    "prefix": _("kody zaczynające się od"),
    "role": _("rola"),
    "user": _("osoba"),
    "voivodeship": _("województwo"),
}


class Titled:
    """A filter under the Polish name of its field."""

    def __init__(self, field, *args, **named):
        super().__init__(field, *args, **named)
        self.title = WORDS[field.name]


class Choice(Titled, ChoicesFieldListFilter):
    pass


class Related(Titled, RelatedFieldListFilter):
    pass


class Truth(Titled, BooleanFieldListFilter):
    pass


class Worded:
    """Polish names of fields and columns that the models leave unnamed."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in WORDS:
            kwargs.setdefault("label", str(WORDS[db_field.name]).capitalize())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=WORDS["is_active"], ordering="is_active", boolean=True)
    def active(self, row):
        return row.is_active

    @display(description=WORDS["kind"], ordering="kind")
    def sort(self, row):
        return row.get_kind_display()

    @display(description=WORDS["centre"], ordering="centre")
    def of_centre(self, row):
        return row.centre

    @display(description=WORDS["user"], ordering="user")
    def person(self, row):
        return row.user

    @display(description=WORDS["role"], ordering="role")
    def duty(self, row):
        return row.get_role_display()

    @display(description=WORDS["place"])
    def town(self, row):
        return row.place

    @display(description=WORDS["voivodeship"])
    def region(self, row):
        return row.voivodeship


@register(Centre, site=site)
class CentreAdmin(Worded, KeptForEver, ReferenceAdmin):
    """How a centre is reached. Its code, zones and locations come with its making: documents name them."""

    list_display = ("name", "code", "phone", "opening_hours", "active")
    search_fields = ("name", "code")
    fields = (
        "code",
        "name",
        "street",
        "postal_code",
        "town",
        "region",
        "phone",
        "opening_hours",
        "is_active",
    )
    readonly_fields = ("code", "town", "region")

    def has_add_permission(self, request):
        return False


class CoverageInline(Worded, ReferenceInline):
    model = Coverage
    verbose_name = _("początek kodu pocztowego")
    verbose_name_plural = _("początki kodów pocztowych")
    extra = 0


@register(HandoverPlace, site=site)
class HandoverPlaceAdmin(Worded, KeptForEver, ReferenceAdmin):
    list_display = ("name", "sort", "of_centre", "active")
    list_select_related = ("centre",)
    list_filter = (("kind", Choice), ("centre", Related))
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
class CentreStaffAdmin(Worded, KeptForEver, ReferenceAdmin):
    form = StaffForm
    list_display = ("person", "of_centre", "duty", "badge", "active")
    list_select_related = ("user", "centre")
    list_filter = (("role", Choice), ("is_active", Truth), ("centre", Related))
    search_fields = ("user__email", "user__name", "badge")
    autocomplete_fields = ("user", "centre")
