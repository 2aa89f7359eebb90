"""Members of a cluster by how ready they are to sell."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Q

from producers.models import Cluster, HeritageEntry, Member, ProducerPerson, Product, ProductMark
from producers.models.producer import VatStatus

SOON = timedelta(days=30)


@dataclass
class Readiness:
    """A member as its coordinator sees it. `papers` lists what is missing or ends soon, in codes with a name."""

    member: Member
    published: int = 0
    drafts: int = 0
    has_desk: bool = False
    papers: list[tuple[str, str, date | None]] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return bool(self.published and self.has_desk and not self.papers)


def of_members(*, members: Collection[Member], on: date) -> list[Readiness]:
    """Readiness of these members' producers, in four statements."""
    found = {member.pk: Readiness(member) for member in members}
    by_producer = {member.producer_id: found[member.pk] for member in members if member.producer_id}
    _count_products(by_producer)
    for producer in ProducerPerson.objects.filter(producer__in=by_producer).values_list(
        "producer", flat=True
    ):
        by_producer[producer].has_desk = True
    for member in members:
        if member.producer_id and member.producer.vat_status == VatStatus.ACTIVE and not member.producer.nip:
            by_producer[member.producer_id].papers.append(("nip", "", None))
    _add_marks(by_producer, on)
    return list(found.values())


def _count_products(by_producer):
    rows = (
        Product.objects.filter(producer__in=by_producer)
        .values_list("producer")
        .annotate(
            published=Count("pk", filter=Q(state="PUBLISHED")), drafts=Count("pk", filter=Q(state="DRAFT"))
        )
    )
    for producer, published, drafts in rows.order_by():
        by_producer[producer].published, by_producer[producer].drafts = published, drafts


def _add_marks(by_producer, on):
    """EU names need a certificate's number, every mark with an end must not be past it."""
    rows = ProductMark.objects.filter(product__producer__in=by_producer).filter(
        Q(valid_until__lte=on + SOON)
        | Q(evidence="", heritage_entry__isnull=False)
        & ~Q(heritage_entry__register=HeritageEntry.Register.LPT)
    )
    for mark in rows.select_related("mark", "product").order_by("valid_until", "pk"):
        words = f"{mark.mark.short}: {mark.product.name}"
        ending = mark.valid_until is not None and mark.valid_until <= on + SOON
        code = ("expired" if mark.valid_until < on else "ending") if ending else "certificate"
        by_producer[mark.product.producer_id].papers.append(
            (code, words, mark.valid_until if ending else None)
        )


def coordinated_by(user: object) -> list[Cluster]:
    """Clusters this person coordinates."""
    return list(Cluster.objects.filter(roles__user_id=getattr(user, "pk", None)).order_by("sort_key"))
