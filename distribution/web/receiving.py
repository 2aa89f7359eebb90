"""Counting a delivery in: by scan and by hand, line by line, and posting the PZ."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from distribution.operations import receiving
from distribution.operations.arrivals import ArrivalChanged
from distribution.queries import arrivals
from distribution.web.floor import at_centre, page
from distribution.web.receiving_forms import Sheet
from marketplace.kernel.errors import DomainError
from producers.models import Producer, StockItem

TWICE = 2  # seconds within which the same label is most likely read twice by mistake


@at_centre
def arrival(request, centre, pk):
    """Counting in what is owed."""
    row = arrivals.at_centre(centre=centre, pk=pk)
    lines = list(row.lines.all())
    owed = {line.item_id: max(line.owed - line.received, 0) for line in lines}
    items = {line.item_id: line.item for line in lines}
    return _count(
        request, centre, row.producer, items, owed, arrival=row, seen=sum(line.received for line in lines)
    )


@at_centre
def unannounced(request, centre):
    """Counting in a delivery without an order: all the producer's published goods are listed."""
    producer = Producer.objects.active().filter(slug=request.GET.get("producent", "")).first()
    if producer is None:
        messages.error(request, _("Wybierz producenta z listy."))
        return redirect("distribution:arrivals", centre.code)
    rows = StockItem.objects.filter(product__producer=producer, product__state="PUBLISHED")
    found = rows.select_related("product").prefetch_related("offers").order_by("product__name", "pk")
    return _count(request, centre, producer, {item.pk: item for item in found}, None, arrival=None, seen=0)


def _count(request, centre, producer, items, owed, *, arrival, seen):
    """A GET shows the lines as they are owed; a POST scans, adds a lot, or posts the PZ."""
    errors = []
    if request.method == "POST":
        sheet = Sheet.sent(_known(request, producer, items), owed, request.POST)
        if _has_changed(request, arrival, seen):
            messages.error(request, str(ArrivalChanged(seen)))
            made = sheet.forms()
        elif request.POST.get("do") == "post":
            made = sheet.forms(check=True)
            if sheet.check(made, last=_is_last(request)):
                answer = _post(request, centre, producer, made, arrival, seen)
                if answer is not None:
                    return answer
            errors = _errors(made)
        else:
            _change(request, centre, producer, sheet)
            made = sheet.forms()
    else:
        sheet = Sheet.fresh(items, owed)
        made = sheet.forms()
    now = timezone.now()
    return page(
        request,
        centre,
        "distribution/receive",
        status=422 if errors else 200,
        arrival=arrival,
        windows=arrivals.windows_for(arrival, at=now) if arrival else [],
        producer=producer,
        forms=made,
        seen=seen,
        key=request.POST.get("key") or uuid.uuid4(),
        reference=request.POST.get("reference", ""),
        last=_is_last(request),
        scanned=request.POST.get("code", "")[:120],
        scanned_at=int(now.timestamp()),
        errors=errors,
    )


def _has_changed(request, arrival, seen):
    """Whether somebody received some of it since this page was made; it is said once, and then it is known."""
    return arrival is not None and request.POST.get("seen", "") != str(seen)


def _is_last(request):
    return request.POST.get("last") == "on"


def _known(request, producer, items):
    """The listed items, and those that scans have added: goods nobody ordered."""
    sent = {text for name, text in request.POST.items() if name.startswith("l") and name.endswith("-item")}
    others = [int(text) for text in sent if text.isascii() and text.isdigit() and len(text) < 19]
    rows = StockItem.objects.filter(product__producer=producer, pk__in=set(others) - set(items))
    return items | {row.pk: row for row in rows.select_related("product").prefetch_related("offers")}


def _change(request, centre, producer, sheet):
    """One more lot of an item, or a scanned label."""
    add = request.POST.get("add", "")
    if add.isascii() and add.isdigit() and len(add) < 19 and int(add) in sheet.items:
        sheet.add(int(add))
        return
    code = request.POST.get("code", "")[:120]
    if not code.strip():
        return
    if _just_read(request, code):
        words = _(
            "Ten sam kod drugi raz w ciągu 2 sekund. Jeśli to następna skrzynka, zeskanuj ją jeszcze raz."
        )
        messages.warning(request, words)
        return
    try:
        seen = receiving.scan(centre=centre, code=code, producer=producer.pk, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return
    row, known = sheet.scan(seen)
    words = (
        _("Jeszcze raz ta sama partia: razem %(units)s.")
        if known
        else _("Odczytane: %(name)s, partia %(lot)s.")
    )
    messages.success(
        request,
        words % {"units": row["units"], "name": seen.item.product.name, "lot": row.get("lot_code") or "–"},
    )


def _just_read(request, code):
    at = request.POST.get("scanned_at", "")
    if code != request.POST.get("scanned") or not (at.isascii() and at.isdigit() and len(at) < 12):
        return False
    return timezone.now().timestamp() - int(at) < TWICE


def _errors(made):
    return [
        {"url": f"#{form[name].id_for_label}", "text": f"{form.stock_item.product.name}: {texts[0]}"}
        for form in made
        for name, texts in form.errors.items()
    ]


def _post(request, centre, producer, made, arrival, seen):
    try:
        answer = receiving.receive(
            centre=centre,
            key=uuid.UUID(request.POST.get("key", "")),
            lines=[line for line in (form.line() for form in made) if line],
            by=request.user,
            at=timezone.now(),
            arrival=arrival.pk if arrival else None,
            producer=producer.slug,
            last=_is_last(request),
            reference=request.POST.get("reference", "")[:40],
            seen=seen,
        )
    except ValueError:
        messages.error(request, _("Spróbuj jeszcze raz."))
        return None
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return None
    messages.success(request, _("Przyjęte: %(number)s") % answer)
    return redirect("distribution:document", centre.code, answer["id"])
