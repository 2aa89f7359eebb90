"""Where the goods of orders come from: what travels, one order's lines, and moving a line by hand."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from distribution.operations import overrides
from distribution.queries import sources
from distribution.rules import leads
from distribution.web.floor import at_centre, page
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused
from marketplace.kernel.references import read_reference
from marketplace.kernel.templatetags.polish_text import day, moment

RECENT = 30


class MoveForm(forms.Form):
    """Other rows of supply by `s<id>`, lots of the same centre by `l<id>`."""

    source = forms.ChoiceField(label=gettext_lazy("Skąd"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Powód"), max_length=200)

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = choices

    @property
    def target(self):
        kind, pk = self.cleaned_data["source"][0], int(self.cleaned_data["source"][1:])
        return {"lot": pk} if kind == "l" else {"supply": pk}


@require_safe
@at_centre
def overview(request, centre):
    """Lines that travel from or to the centre, or those of the order whose number was typed; and what was moved."""
    typed = request.GET.get("code", "").strip()
    number = read_reference(typed) if typed else ""
    rows = sources.lines(centre, number=number or "") if number or not typed else []
    return page(
        request,
        centre,
        "distribution/sources",
        rows=rows,
        typed=typed,
        changes=sources.changes(centre, references=[number] if number else ())[:RECENT],
        leads=leads(request.user, centre),
    )


@at_centre
def move(request, centre, number, line):
    """Another source for all that a line has at one centre (`z`, this one by default), with the reason."""
    if not leads(request.user, centre):
        raise PermissionDenied
    now = timezone.now()
    row = _row(request, centre, number, line)
    form = MoveForm(request.POST or None, choices=_choices(row, now))
    back = reverse("distribution:sources", args=[centre.code]) + f"?code={row.reference}"
    if request.method == "POST" and form.is_valid():
        try:
            overrides.move_line(
                reference=row.reference,
                line=row.line,
                centre=row.centre,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=now,
                **form.target,
            )
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Źródło zmienione."))
            return redirect(back)
    return page(request, centre, "distribution/source_move", row=row, form=form, back=back)


def _row(request, centre, number, line):
    found = [row for row in sources.lines(centre, number=number) if row.line == line]
    wanted = request.GET.get("z", "")
    chosen = [row for row in found if str(row.centre) == wanted] or found
    if not chosen:
        raise Http404
    return chosen[0]


def _choices(row, now):
    """What could serve the line instead: lots of its own centre when it is released, then other shelves."""
    if row.begun:
        return []
    made = []
    if row.is_released and not row.awaited:
        made = [
            (f"l{lot.lot}", _("partia %(code)s, %(until)s, wolne %(n)s szt.")
             % {"code": lot.code, "until": day(lot.usable_until, "short"), "n": lot.free})
            for lot in sources.lots(centre=row.centre, item=row.item, until=row.enough_until)
            if lot.free >= row.pieces
        ]  # fmt: skip
    others = sources.options(round_id=row.round, item=row.item, pieces=row.pieces, at=now)
    return made + [
        (f"s{one.supply}", _said(one)) for one in others if not row.is_released or one.centre != row.centre
    ]


def _said(one):
    words = _("%(centre)s, %(until)s, wolne %(n)s szt.") % {
        "centre": one.name,
        "until": day(one.usable_until, "short"),
        "n": one.free,
    }
    if one.departs_at is None:
        return words
    return words + ", " + _("kurs %(at)s") % {"at": moment(one.departs_at)}
