"""The admin site: reference data only, for staff with a second factor. Facts are not here: they only grow."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import register
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.sites import UnfoldAdminSite

from marketplace.accounts.models import User


class ReferenceSite(UnfoldAdminSite):
    """Only what is registered here exists in it; models of libraries register elsewhere and stay out."""

    site_header = site_title = "Spichlerz"
    index_title = gettext_lazy("Dane podstawowe")

    def has_permission(self, request):
        user = request.user
        return user.is_active and user.is_staff and (settings.LOCAL_RUN or is_mfa_enabled(user))

    def login(self, request, extra_context=None):
        """Our own sign-in, which asks for the second factor; the admin's form would not."""
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.GET.get("next", reverse("admin:index")), settings.LOGIN_URL)
        if self.has_permission(request):
            return redirect("admin:index")
        if user.is_staff:
            messages.warning(request, _("Administracja wymaga drugiego składnika logowania. Włącz go tutaj."))
            return redirect("mfa_index")
        raise Http404


site = ReferenceSite(name="admin")


class ForStaff:
    """Who may enter the site may keep its reference data; there are no finer permissions."""

    def has_module_permission(self, request):
        return site.has_permission(request)

    def has_view_permission(self, request, obj=None):
        return site.has_permission(request)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class ReferenceAdmin(ForStaff, ModelAdmin):
    """Base of every page here."""


class ReferenceInline(ForStaff, TabularInline):
    """Base of every table inside a page."""


class ReadOnly:
    """Rows that operations own: to be looked at."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class KeptForEver:
    """Rows that facts point to: changed, never deleted."""

    actions = None

    def has_delete_permission(self, request, obj=None):
        return False


@register(User, site=site)
class UserAdmin(KeptForEver, ReferenceAdmin):
    """People sign up themselves; here one is found, corrected or switched off."""

    list_display = ("email", "name", "is_active", "is_staff", "joined_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "phone", "is_active", "is_staff", "joined_at", "erased_at")
    ordering = ("email",)

    def get_readonly_fields(self, request, obj=None):
        """Only a superuser lets others in here."""
        fixed = ("email", "joined_at", "erased_at")
        return fixed if request.user.is_superuser else (*fixed, "is_staff")

    def has_add_permission(self, request):
        return False
