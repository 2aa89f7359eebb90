"""Photographs taken at the ramp: what came broken, warm or unlabelled, kept with the PZ."""

from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Document, ReceiptPhoto
from marketplace.accounts.models import User
from marketplace.kernel.errors import DomainError
from producers.operations import pictures

MOST_PHOTOS = 12


class TooManyPhotos(DomainError):
    code = "too_many_photos"

    def __init__(self) -> None:
        super().__init__(_("Przyjęcie może mieć najwyżej %s zdjęć.") % MOST_PHOTOS)


class NotAReceipt(DomainError):
    code = "not_a_receipt"

    def __init__(self) -> None:
        super().__init__(_("Zdjęcia dołącza się do przyjęcia (PZ)."))


@transaction.atomic
def add(*, document: int, file: BinaryIO, by: User | None, at: datetime) -> ReceiptPhoto:
    """Keeps a photograph of a receipt: judged by its content, made anew without the camera's and the place's data.
    Raises NotAPicture, PictureTooBig, TooManyPhotos, NotAReceipt."""
    made = pictures.prepared(file)
    row = locks.document(document)
    if row.kind != Document.Kind.PZ:
        raise NotAReceipt
    if row.photos.count() >= MOST_PHOTOS:
        raise TooManyPhotos
    return ReceiptPhoto.objects.create(document=row, image=made, by=by, at=at)
