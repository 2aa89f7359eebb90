"""The shortage desk of a centre: short lines, what can still be done, who got how much; and the centre's rule."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from distribution.models import ShortageRule
from distribution.operations import centre_rules
from distribution.rules import leads
from distribution.web.floor import at_centre, page
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused
from orders.operations import rescues
from orders.queries import shortages


class RuleForm(forms.Form):
    rule = forms.ChoiceField(
        label=gettext_lazy("Gdy brakuje towaru, dostaje"), choices=ShortageRule, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=gettext_lazy("Powód zmiany"), max_length=200)


@require_safe
@at_centre
def desk(request, centre):
    """What is short and open first, then what is settled."""
    return page(
        request,
        centre,
        "orders/shortages",
        desk=shortages.desk(centre, at=timezone.now()),
        rule=centre.get_shortage_rule_display(),
        leads=leads(request.user, centre),
    )


@require_POST
@at_centre
def search(request, centre):
    """Everything that may help is tried once more for every open line."""
    found = rescues.search_again(centre=centre, by=request.user, at=timezone.now())
    if found:
        n = len(found)
        messages.success(
            request,
            ngettext("Znaleziono coś dla %(n)d zamówienia.", "Znaleziono coś dla %(n)d zamówień.", n)
            % {"n": n},
        )
    else:
        messages.warning(request, _("Nic nowego nie ma."))
    return redirect("orders_centre:shortages", centre.code)


@at_centre
def rule(request, centre):
    """Who gets goods that are short, for the lead, with why it changes."""
    if not leads(request.user, centre):
        raise PermissionDenied
    form = RuleForm(request.POST or None, initial={"rule": centre.shortage_rule})
    if request.method == "POST" and form.is_valid():
        try:
            centre_rules.set_shortage_rule(
                centre=centre.pk, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Reguła zapisana. Obowiązuje od następnego braku."))
            return redirect("orders_centre:shortages", centre.code)
    history = centre.rule_changes.select_related("by").order_by("-pk")[:10]
    return page(request, centre, "orders/shortage_rule", form=form, history=history)
