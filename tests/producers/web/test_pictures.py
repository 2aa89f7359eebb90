from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from producers.operations import pictures
from producers.operations.pictures import NotAPicture, PictureTooBig
from tests.factories import ProductFactory
from tests.factories.desk import desk


def photo(kind="JPEG", size=(1600, 1200), **options):
    out = BytesIO()
    Image.new("RGB", size, "#8E2A4B").save(out, kind, **options)
    return out.getvalue()


def with_gps():
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the camera on its side
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 50.0, 24.0)
    return photo(exif=exif)


@pytest.fixture
def url(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    producer, user = desk()
    client.force_login(user)
    client.product = ProductFactory(producer=producer)
    return reverse("desk:picture", args=[producer.slug, client.product.pk])


def send(client, url, data, name="ser.jpg"):
    return client.post(url, {"picture": SimpleUploadedFile(name, data)})


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_is_kept_small_as_webp(client, url, kind):
    assert send(client, url, photo(kind), "x.bin").status_code == 302
    client.product.refresh_from_db()
    with Image.open(client.product.picture.path) as kept:
        assert (kept.format, kept.width) == ("WEBP", 960)
    answer = client.get(client.product.picture.url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "immutable" in answer["Cache-Control"]
    b"".join(answer.streaming_content)


def test_place_and_camera_are_stripped_and_the_picture_stands_upright():
    kept = Image.open(pictures.prepared(BytesIO(with_gps())))
    assert dict(kept.getexif()) == {}
    assert kept.height > kept.width


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        photo()[:200],
        photo("GIF"),
        b"\x00" * 5000,
    ],
    ids=["empty", "gif-head", "svg", "cut", "gif", "zeros"],
)
def test_what_is_no_picture_is_refused_in_words(client, url, data):
    answer = send(client, url, data, "ser.jpg")
    assert answer.status_code == 200
    assert 'id="id_picture_error"' in answer.content.decode()
    client.product.refresh_from_db()
    assert not client.product.picture


def test_fifty_megabytes_are_refused_before_they_are_kept(client, url, monkeypatch):
    monkeypatch.setattr(pictures, "prepared", lambda _file: pytest.fail("was read"))
    answer = send(client, url, b"\xff\xd8" + b"\x00" * 50_000_000)
    assert answer.status_code == 200
    assert "do 8 MB" in answer.content.decode()


def test_too_many_points_are_refused():
    with pytest.raises(PictureTooBig):
        pictures.prepared(BytesIO(photo("PNG", (12_000, 9_000))))
    with pytest.raises(NotAPicture):
        pictures.prepared(BytesIO(b"nic"))


def test_the_picture_before_is_removed(client, url, django_capture_on_commit_callbacks):
    send(client, url, photo())
    client.product.refresh_from_db()
    before = client.product.picture
    with django_capture_on_commit_callbacks(execute=True):
        send(client, url, photo("PNG"))
    client.product.refresh_from_db()
    assert client.product.picture.name != before.name
    assert not before.storage.exists(before.name)


def test_a_name_that_was_never_kept_is_not_there(client, db):
    assert client.get("/media/products/nie-ma.webp").status_code == 404
