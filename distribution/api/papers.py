"""Labels and photographs over the API."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from distribution.api.floor import Floor
from distribution.models import Document, Lot, ReceiptPhoto
from distribution.operations import photos
from distribution.queries import crates, labels
from marketplace.kernel import files
from marketplace.kernel.errors import NotFound
from marketplace.kernel.uploads import is_too_big
from producers.operations.pictures import NotAPicture, PictureTooBig


class DocumentLabels(Floor):
    renderer_classes = files.PDF

    @extend_schema(responses={(200, "application/pdf"): bytes})
    def get(self, request, code, pk):
        """A label for each lot of a PZ."""
        rows = Document.objects.filter(pk=pk, centre=self.centre(code), kind=Document.Kind.PZ)
        row = rows.select_related("centre").first()
        if row is None:
            raise NotFound
        return files.pdf(labels.of_receipt(row), f"etykiety-PZ-{row.year}-{row.number}.pdf")


class LotLabel(Floor):
    renderer_classes = files.PDF

    @extend_schema(responses={(200, "application/pdf"): bytes})
    def get(self, request, code, pk):
        """The label of a lot that is or was at the centre."""
        centre = self.centre(code)
        rows = Lot.objects.filter(pk=pk, balances__centre=centre)
        row = rows.select_related("item__product__producer").first()
        if row is None:
            raise NotFound
        return files.pdf(labels.of_lot(lot=row, centre=centre), f"etykieta-{row.pk}.pdf")


class CrateLabel(Floor):
    renderer_classes = files.PDF

    @extend_schema(responses={(200, "application/pdf"): bytes})
    def get(self, request, code, sscc):
        """The label of a crate that is at the centre now."""
        row = crates.at_centre(centre=self.centre(code), sscc=sscc)
        if row is None:
            raise NotFound
        return files.pdf(labels.of_crate(row), f"skrzynia-{row.sscc}.pdf")


class PhotoBody(serializers.Serializer):
    photo = serializers.FileField()


class Photos(Floor):
    parser_classes = [MultiPartParser]

    def document(self, code, pk):
        row = Document.objects.filter(pk=pk, centre=self.centre(code)).first()
        if row is None:
            raise NotFound
        return row

    @extend_schema(operation_id="centres_documents_photos_list", responses=dict)
    def get(self, request, code, pk):
        """The photographs of a receipt."""
        rows = self.document(code, pk).photos.order_by("pk")
        return Response({"results": [{"id": row.pk, "at": row.at.isoformat()} for row in rows]})

    @extend_schema(request=PhotoBody, responses={201: dict})
    def post(self, request, code, pk):
        """Adds a photograph (JPEG, PNG or WebP up to 8 MB, the part `photo`)."""
        document = self.document(code, pk)
        if is_too_big(request.META):
            raise PictureTooBig
        file = request.FILES.get("photo")
        if file is None:
            raise NotAPicture
        row = photos.add(document=document.pk, file=file, by=request.user, at=timezone.now())
        return Response({"id": row.pk, "at": row.at.isoformat()}, status=201)


class Photo(Floor):
    @extend_schema(responses={(200, "image/webp"): bytes})
    def get(self, request, code, pk, photo):
        """One photograph."""
        rows = ReceiptPhoto.objects.filter(pk=photo, document=pk, document__centre=self.centre(code))
        row = rows.first()
        if row is None:
            raise NotFound
        with row.image.open("rb") as file:
            return HttpResponse(file.read(), content_type="image/webp")
