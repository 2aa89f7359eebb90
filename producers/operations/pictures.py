"""Photographs of products: judged by content, turned upright, stripped of metadata, made one size."""

import uuid
from io import BytesIO
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.kernel.errors import Invalid

FORMATS = ("JPEG", "PNG", "WEBP")
WIDTH, TALLEST = 960, 1600
MOST_PIXELS = 50_000_000
QUALITY = 82
PAPER = "#FFFFFF"  # under a transparent picture


class NotAPicture(Invalid):
    code = "not_a_picture"

    def __init__(self) -> None:
        super().__init__(
            _("To nie jest zdjęcie, które umiemy odczytać. Wybierz plik JPEG, PNG albo WebP."),
            field="picture",
        )


class PictureTooBig(Invalid):
    code = "picture_too_big"

    def __init__(self) -> None:
        super().__init__(
            _("To zdjęcie jest za duże. Wybierz plik do 8 MB i do 50 milionów punktów."), field="picture"
        )


def prepared(file: BinaryIO) -> ContentFile:
    """A fresh WebP, at most 960 px wide, upright and without metadata, under a name nobody can guess.
    Raises NotAPicture, PictureTooBig; nothing is kept then."""
    data = file.read(settings.PICTURE_MAX_BYTES + 1)
    if len(data) > settings.PICTURE_MAX_BYTES:
        raise PictureTooBig
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as source:
            if source.width * source.height > MOST_PIXELS:
                raise PictureTooBig
            picture = _upright(source)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooBig from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotAPicture from error
    out = BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=4)
    return ContentFile(out.getvalue(), name=f"{uuid.uuid4().hex}.webp")


def _upright(source):
    """Pixels only: the new picture knows nothing of the old one's camera or place."""
    source.thumbnail((WIDTH * 2, TALLEST * 2))  # lets a JPEG be decoded small
    turned = ImageOps.exif_transpose(source).convert("RGBA")
    turned.thumbnail((WIDTH, TALLEST))
    paper = Image.new("RGB", turned.size, PAPER)
    paper.paste(turned, mask=turned.getchannel("A"))
    return paper
