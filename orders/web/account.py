"""A person's own account: roles, keys of the API, their data, and leaving."""

import json

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from knox.models import AuthToken

from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused
from orders.operations import erasure
from orders.queries import my_data

MOST_TOKENS = 10


class EraseForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Hasło"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Wpisz hasło, żeby nikt inny nie usunął konta.")},
    )
    sure = forms.BooleanField(
        label=gettext_lazy("Rozumiem, że tego nie da się cofnąć"),
        error_messages={"required": gettext_lazy("Zaznacz, że rozumiesz.")},
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("To nie jest hasło do tego konta."))
        return self.cleaned_data["password"]


@login_required
def overview(request):
    return render(request, "orders/account/overview.html", {"roles": my_data.roles_of(request.user)})


@never_cache
@login_required
def tokens(request):
    """Keys for programs. A new one is shown in this answer only: it is kept hashed."""
    mine = AuthToken.objects.filter(user=request.user).order_by("created")
    context = {"tokens": mine, "most": MOST_TOKENS}
    if request.method == "POST":
        if mine.count() >= MOST_TOKENS:
            messages.error(request, _("Masz już dziesięć kluczy. Usuń ten, którego nie używasz."))
            return redirect("account:tokens")
        context["fresh"] = AuthToken.objects.create(request.user)[1]
    return render(request, "orders/account/tokens.html", context)


@require_POST
@login_required
def delete_token(request, key):
    AuthToken.objects.filter(user=request.user, token_key=key).delete()
    messages.success(request, _("Klucz już nie działa."))
    return redirect("account:tokens")


@require_safe
@never_cache
@login_required
def data(request):
    """All that is kept about the person, as a file."""
    text = json.dumps(my_data.everything(request.user), ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="spichlerz-moje-dane.json"'
    return response


@login_required
def erase(request):
    form = EraseForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            erasure.erase(user=request.user, by=request.user, at=timezone.now())
        except DomainError as refusal:
            refused(form, refusal)
        else:
            logout(request)
            messages.success(request, _("Konto usunięte. Dziękujemy za wspólne zakupy."))
            return redirect("/")
    return render(request, "orders/account/erase.html", {"form": form})
