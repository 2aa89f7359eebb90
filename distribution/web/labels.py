"""Labels to print as PDF, from a receipt or a lot."""

from django.http import Http404
from django.views.decorators.http import require_safe

from distribution.models import Document, Lot
from distribution.queries import labels
from distribution.web.floor import at_centre
from marketplace.kernel import files
from marketplace.kernel.errors import NotFound


@require_safe
@at_centre
def of_document(request, centre, pk):
    row = (
        Document.objects.filter(pk=pk, centre=centre, kind=Document.Kind.PZ).select_related("centre").first()
    )
    if row is None:
        raise Http404
    try:
        made = labels.of_receipt(row)
    except NotFound as refusal:
        raise Http404 from refusal
    return files.pdf(made, f"etykiety-PZ-{row.year}-{row.number}.pdf")


@require_safe
@at_centre
def of_lot(request, centre, pk):
    """`sztuk` in the box it goes on, `kopie` of it."""
    rows = Lot.objects.filter(pk=pk, balances__centre=centre).select_related("item__product__producer")
    row = rows.first()
    if row is None:
        raise Http404
    made = labels.of_lot(
        lot=row,
        centre=centre,
        units=_whole(request, "sztuk", 100_000) or None,
        copies=_whole(request, "kopie", labels.MOST_COPIES) or 1,
    )
    return files.pdf(made, f"etykieta-{row.pk}.pdf")


def _whole(request, name, most):
    text = request.GET.get(name, "").strip()
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 9 else 0
