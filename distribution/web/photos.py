"""Photographs of a receipt: added from a phone or tablet, shown to those who may see the receipt."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from distribution.models import Document, ReceiptPhoto
from distribution.operations import photos
from distribution.web.floor import act, at_centre
from marketplace.kernel.errors import DomainError
from marketplace.kernel.uploads import is_too_big
from producers.operations.pictures import NotAPicture, PictureTooBig


@require_POST
@at_centre
def add(request, centre, pk):
    document = Document.objects.filter(pk=pk, centre=centre).first()
    if document is None:
        raise Http404
    back = reverse("distribution:document", args=[centre.code, document.pk]) + "#zdjecia"
    return act(request, back, lambda: _add(request, document), _("Zdjęcie dołączone."))


def _add(request, document):
    refusal: DomainError | None = PictureTooBig() if is_too_big(request.META) else None
    file = request.FILES.get("photo")
    if refusal is None and file is None:
        refusal = NotAPicture()
    if refusal is not None:
        raise refusal
    photos.add(document=document.pk, file=file, by=request.user, at=timezone.now())


@require_safe
@at_centre
def photo(request, centre, pk, photo):
    row = ReceiptPhoto.objects.filter(pk=photo, document=pk, document__centre=centre).first()
    if row is None:
        raise Http404
    with row.image.open("rb") as file:
        return HttpResponse(
            file.read(), content_type="image/webp", headers={"Cache-Control": "private, max-age=3600"}
        )
