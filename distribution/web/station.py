"""Coming in: one's centres, the shared tablet, the change of person by badge and PIN."""

from django import forms
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distribution.models import Centre
from distribution.operations import staff
from marketplace.kernel.errors import DomainError

STATION = "station"  # a signed cookie: this device stands in that centre
A_YEAR = 365 * 24 * 3600


class BadgeForm(forms.Form):
    badge = forms.CharField(label=_("Identyfikator"), max_length=20)
    pin = forms.CharField(
        label="PIN",
        max_length=8,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@login_required
def centres(request):
    """The centres one works at; a single one opens at once."""
    found = list(Centre.objects.staffed_by(request.user).order_by("name"))
    if not found:
        raise Http404
    if len(found) == 1:
        return redirect("distribution:board", found[0].code)
    return render(request, "distribution/centres.html", {"centres": found, "person": request.user.label})


def switch(request, code):
    """Another person takes the tablet over. Works only on a device where staff of the centre signed in with
    their password before: the PIN alone opens nothing elsewhere."""
    centre = Centre.objects.active().filter(code=code.upper()).first()
    stands_here = request.get_signed_cookie(STATION, default="", salt=STATION) == code.upper()
    if centre is None or not (
        stands_here or Centre.objects.staffed_by(request.user).filter(pk=centre.pk).exists()
    ):
        raise Http404
    form = BadgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = staff.switch(centre=centre, at=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("distribution:board", centre.code)
    context = {"form": form, "centre": centre.name, "code": centre.code}
    return render(request, "distribution/switch.html", context)


def remember_station(response, centre):
    """This device stands at the centre from now on."""
    response.set_signed_cookie(
        STATION, centre.code, salt=STATION, max_age=A_YEAR, httponly=True, samesite="Lax"
    )
    return response
