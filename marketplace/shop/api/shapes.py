"""What the catalogue's API answers look like: plain dicts for speed, and their description for OpenAPI."""

from rest_framework import serializers

from marketplace.kernel.clock import moment
from producers.policies.ingredients import plain


def fields(label, /, **types):
    """A serializer that only describes an answer."""
    return type(label, (serializers.Serializer,), types)


text, whole, truth = serializers.CharField, serializers.IntegerField, serializers.BooleanField
money = serializers.CharField
SLOT = fields("Slot", id=whole(), **{"from": text()}, to=text(), left=whole())
ROUND = fields(
    "Round", id=whole(), orders_close_at=serializers.DateTimeField(), hands_over_on=serializers.DateField(),
    slots=SLOT(many=True),
)  # fmt: skip
CENTRE = fields(
    "Centre", code=text(), name=text(), address=text(), postal_code=text(), place=text(), voivodeship=text(),
    latitude=serializers.FloatField(), longitude=serializers.FloatField(), phone=text(), opening_hours=text(),
)  # fmt: skip
PLACE = fields(
    "Place", id=whole(), kind=text(), name=text(), address=text(), centre=CENTRE(), next_round=ROUND(allow_null=True)
)  # fmt: skip
CATEGORY = fields("Category", slug=text(), name=text(), parent=text(allow_null=True), icon=text())
PRODUCER = fields(
    "Producer", slug=text(), name=text(), legal_form=text(), place=text(), voivodeship=text(), address=text(),
    story=text(), is_demo=truth(),
)  # fmt: skip
OFFER = fields(
    "Offer", id=whole(), name=text(), producer=fields("OfferProducer", slug=text(), name=text(), place=text())(),
    pack=text(), pieces=whole(), sold_by=text(), price=money(), unit_price=money(), unit=text(),
    lowest_30_days=money(allow_null=True), before_reduction=money(allow_null=True),
    expected_grams=whole(allow_null=True), max_grams=whole(allow_null=True), category=text(), voivodeship=text(),
    marks=serializers.ListField(child=text()), allergens=serializers.ListField(child=text()),
    temperature=text(), max_per_order=whole(),
    available=whole(allow_null=True), next_hand_over_on=serializers.DateField(allow_null=True),
)  # fmt: skip
OFFER_WHOLE = type(
    "OfferWhole",
    (OFFER,),
    {
        "description": text(), "ingredients": text(), "may_contain": serializers.ListField(child=text()),
        "storage": text(), "preparation": text(), "origin": text(), "nutrition": serializers.JSONField(),
        "date_kind": text(), "minimum_life_days": whole(), "net_amount": whole(), "net_unit": text(),
        "seller_address": text(),
    },
)  # fmt: skip

ENTRY = fields(
    "Entry", slug=text(), name=text(), register=text(), category=text(),
    entered_on=serializers.DateField(allow_null=True),
    year=whole(), year_is_sure=truth(), voivodeships=serializers.ListField(child=text()), source=text(), note=text(),
)  # fmt: skip
ENTRY_WHOLE = type("EntryWhole", (ENTRY,), {"makers": PRODUCER(many=True)})
CLUSTER = fields(
    "Cluster",
    slug=text(),
    name=text(),
    parent=text(allow_null=True),
    voivodeship=text(allow_null=True),
    about=text(),
)
MEMBER = fields(
    "Member", kind=text(), name=text(), producer=text(allow_null=True), joined_on=serializers.DateField()
)
CLUSTER_WHOLE = type("ClusterWhole", (CLUSTER,), {"members": MEMBER(many=True)})


def page_of(shape):
    return fields(
        f"{shape.__name__}Page",
        next=text(allow_null=True),
        previous=text(allow_null=True),
        results=shape(many=True),
    )


def round_(row):
    return {
        "id": row.pk,
        "orders_close_at": row.orders_close_at.isoformat(),
        "hands_over_on": row.hands_over_on.isoformat(),
        "slots": [
            {
                "id": slot.pk,
                "from": moment(row.hands_over_on, slot.starts).isoformat(),
                "to": moment(row.hands_over_on, slot.ends).isoformat(),
                "left": slot.left,
            }
            for slot in row.slots.all()
        ],
    }


def centre(row):
    return {
        "code": row.code,
        "name": row.name,
        "address": row.street,
        "postal_code": row.postal_code,
        "place": row.place.name,
        "voivodeship": row.voivodeship.name,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "phone": row.phone,
        "opening_hours": row.opening_hours,
    }


def place(row, next_round):
    return {
        "id": row.pk,
        "kind": row.kind,
        "name": row.name,
        "address": row.address,
        "centre": centre(row.centre),
        "next_round": round_(next_round) if next_round else None,
    }


def category(row):
    parent = row.parent.slug if row.parent else None
    return {"slug": row.slug, "name": str(row), "parent": parent, "icon": row.icon}


def producer(row):
    return {
        "slug": row.slug,
        "name": row.name,
        "legal_form": row.legal_form,
        "place": row.place.name,
        "voivodeship": row.voivodeship.name,
        "address": row.address,
        "story": row.story,
        "is_demo": row.is_demo,
    }


def offer(card):
    row = card.listing
    return {
        "id": row["offer_id"],
        "name": row["name"],
        "producer": {"slug": row["producer_slug"], "name": row["producer_name"], "place": row["place_name"]},
        "pack": row["pack"],
        "pieces": row["pieces"],
        "sold_by": row["sold_by"],
        "price": str(row["price"]),
        "unit_price": str(row["unit_price"]),
        "unit": card.unit_name,
        "lowest_30_days": row["lowest_30_days"] and str(row["lowest_30_days"]),
        "before_reduction": row["before_reduction"] and str(row["before_reduction"]),
        "expected_grams": row["expected_grams"],
        "max_grams": row["max_grams"],
        "category": row["category_slug"],
        "voivodeship": row["voivodeship_id"],
        "marks": row["marks"],
        "allergens": row["allergens"],
        "temperature": row["temperature"],
        "max_per_order": row["max_per_order"],
        "available": 0 if card.is_later else card.available,
        "next_hand_over_on": card.hands_over_on and card.hands_over_on.isoformat(),
    }


def offer_whole(card, product):
    item_of_offer = card.listing
    return offer(card) | {
        "description": product.description,
        "ingredients": plain(product.ingredients),
        "may_contain": product.may_contain,
        "storage": product.storage,
        "preparation": product.preparation,
        "origin": product.origin,
        "nutrition": product.nutrition,
        "date_kind": product.date_kind,
        "minimum_life_days": product.minimum_life_days,
        "net_amount": item_of_offer["content"] * item_of_offer["pieces"],
        "net_unit": item_of_offer["unit"],
        "seller_address": product.producer.address,
    }


def entry(row):
    return {
        "slug": row.slug,
        "name": row.name,
        "register": row.register,
        "category": row.category.slug,
        "entered_on": row.entered_on and row.entered_on.isoformat(),
        "year": row.year,
        "year_is_sure": row.year_is_sure,
        "voivodeships": [region.name for region in row.voivodeships.all()],
        "source": row.source,
        "note": row.note,
    }


def cluster(row):
    return {
        "slug": row.slug,
        "name": row.name,
        "parent": row.parent.slug if row.parent else None,
        "voivodeship": row.voivodeship.name if row.voivodeship else None,
        "about": row.about,
    }


def member(row):
    return {
        "kind": row.kind.lower(),
        "name": row.name,
        "producer": row.producer.slug if row.producer else None,
        "joined_on": row.joined_on.isoformat(),
    }
