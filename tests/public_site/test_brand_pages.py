"""The brand editor: words, colours, pictures that are pictures, and a preview that saves nothing."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from public_site.agency.pictures import MOST_BYTES
from tenants.directory.hosts import _forget
from tenants.directory.models import Brand
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tests.factories import Twin

WORDS = {
    "product_name": "Alpha CRM",
    "colour": "#B45309",
    "sender_name": "Alpha",
    "sender_email": "",
    "support_email": "help@alpha.example",
    "terms_url": "https://alpha.example/terms",
    "privacy_url": "",
}


def picture(
    kind: str = "PNG", size: tuple[int, int] = (1200, 600), name: str = "", **options: Any
) -> SimpleUploadedFile:
    kept = BytesIO()
    Image.new("RGB", size, "#b45309").save(kept, kind, **options)
    return SimpleUploadedFile(name or f"logo.{kind.lower()}", kept.getvalue())


def brand_row(twin: Twin, *, of_company: bool = False) -> Brand:
    with context.public():
        return Brand.objects.get(agency=twin.agency, company=twin.company if of_company else None)


def exists(name: str) -> bool:
    with context.public():
        return default_storage.exists(name)


def test_words_and_colour_are_saved_and_seen_by_the_company(twins: tuple[Twin, Twin], boss: Client) -> None:
    assert boss.post("/brand-editor/", WORDS)["Location"] == "/brand-editor/"

    _forget()
    assert brand_row(twins[0]).colour == "#b45309"
    page = Client(headers={"host": twins[0].host}).get("/sign-in/").content.decode()
    assert "Alpha CRM" in page
    assert "https://alpha.example/terms" in page
    with context.public():
        entry = AuditEntry.objects.get(action="brand.changed")
    assert entry.details["fields"] == ["colour", "product_name", "sender_name", "terms_url"]


@pytest.mark.parametrize(
    "change", [{"colour": "red"}, {"product_name": ""}, {"support_email": "x"}, {"terms_url": "javascript:x"}]
)
def test_wrong_words_are_refused_and_nothing_is_lost(
    twins: tuple[Twin, Twin], boss: Client, change: dict[str, str]
) -> None:
    answer = boss.post("/brand-editor/", WORDS | {"sender_name": "Kept words"} | change)

    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    assert brand_row(twins[0]).product_name == "AlphaSuite"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_is_drawn_anew_and_served(twins: tuple[Twin, Twin], boss: Client, kind: str) -> None:
    boss.post(
        "/brand-editor/",
        WORDS | {"logo": picture(kind), "icon": picture(kind, (900, 900)), "login_image": picture(kind, (2400, 2400))},
    )

    _forget()
    shop = Client(headers={"host": twins[0].host})
    found = {name: shop.get(f"/brand/{name}") for name in ("logo", "icon", "login-image")}
    assert [answer["Content-Type"] for answer in found.values()] == ["image/png", "image/png", "image/jpeg"]
    sizes = [Image.open(BytesIO(b"".join(answer.streaming_content))).size for answer in found.values()]  # type: ignore[attr-defined]
    assert sizes == [(480, 240), (512, 512), (1600, 1600)]


def test_what_else_came_in_the_file_is_gone(twins: tuple[Twin, Twin], boss: Client) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    boss.post("/brand-editor/", WORDS | {"logo": picture("JPEG", exif=exif)})

    with context.public(), default_storage.open(brand_row(twins[0]).logo) as kept:
        assert b"SECRET-PLACE" not in kept.read()


def files_of(twin: Twin) -> list[str]:
    folder = f"brands/{twin.agency.pk}"
    with context.public():
        return sorted(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else []


def moving_gif() -> SimpleUploadedFile:
    return picture("GIF", name="logo.png")


NO_PICTURES = {
    "svg": (
        lambda: SimpleUploadedFile("a.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        "SVG cannot be taken",
    ),
    "xml svg": (lambda: SimpleUploadedFile("a.svg", b'<?xml version="1.0"?><svg/>'), "SVG cannot be taken"),
    "gif": (moving_gif, "not a PNG, JPEG or WebP"),
    "text": (lambda: SimpleUploadedFile("a.png", b"hello"), "not a PNG, JPEG or WebP"),
    "html": (lambda: SimpleUploadedFile("a.png", b"<html><script>1</script>"), "not a PNG, JPEG or WebP"),
    "cut short": (lambda: SimpleUploadedFile("a.png", picture().read()[:200]), "damaged"),
    "too large": (lambda: SimpleUploadedFile("a.png", picture().read() + b"0" * MOST_BYTES), "larger than 2 MB"),
    "too many pixels": (lambda: picture("PNG", (6000, 5000)), "24 megapixels"),
    "tiny": (lambda: picture("PNG", (4, 4)), "24 megapixels"),
}


@pytest.mark.parametrize("case", NO_PICTURES)
def test_what_is_no_picture_is_refused_and_leaves_no_file(twins: tuple[Twin, Twin], boss: Client, case: str) -> None:
    make, words = NO_PICTURES[case]
    before = files_of(twins[0])
    answer = boss.post("/brand-editor/", WORDS | {"logo": picture(), "icon": make()})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (brand_row(twins[0]).logo, brand_row(twins[0]).icon) == ("", "")
    assert files_of(twins[0]) == before


def test_old_picture_goes_with_the_new_one_and_with_the_tick(
    twins: tuple[Twin, Twin], boss: Client, committed: Any
) -> None:
    with committed():
        boss.post("/brand-editor/", WORDS | {"logo": picture()})
    first = brand_row(twins[0]).logo
    with committed():
        boss.post("/brand-editor/", WORDS | {"logo": picture()})
    second = brand_row(twins[0]).logo
    assert (exists(first), exists(second)) == (False, True)

    with committed():
        boss.post("/brand-editor/", WORDS | {"remove_logo": "on"})
    assert (brand_row(twins[0]).logo, exists(second)) == ("", False)


def test_company_has_its_own_where_it_says_so(twins: tuple[Twin, Twin], boss: Client) -> None:
    path = f"/companies/{twins[0].company.pk}/brand/"
    boss.post(path, dict.fromkeys(WORDS, "") | {"product_name": "Works Desk", "logo": picture()})

    _forget()
    assert "Works Desk" in Client(headers={"host": twins[0].host}).get("/sign-in/").content.decode()
    assert "AlphaSuite" in Client(headers={"host": twins[0].agency_host}).get("/sign-in/").content.decode()
    assert "#0f766e" in Client(headers={"host": twins[0].host}).get("/brand.css").content.decode()
    assert boss.get(f"{path}logo").status_code == 200
    assert boss.get(f"{path}icon").status_code == 404
    assert boss.get(f"{path}schema_name").status_code == 404
    assert boss.get(f"/companies/{twins[1].company.pk}/brand/logo").status_code == 404


def test_preview_follows_the_form_and_saves_nothing(twins: tuple[Twin, Twin], boss: Client) -> None:
    part = boss.get("/brand-editor/preview/", {"product_name": "Typed <b>now", "colour": "#FFEB3B"}).content.decode()

    assert "Typed &lt;b&gt;now" in part
    assert "preview.css?colour=%23ffeb3b" in part
    assert "Can it be read?" in part
    assert "<html" not in part
    assert "<style" not in part
    assert brand_row(twins[0]).product_name == "AlphaSuite"
    css = boss.get("/brand-editor/preview.css?colour=%23ffeb3b")
    assert css["Content-Type"] == "text/css"
    assert css.content.decode().startswith("#frames [data-bs-theme]{")
    assert '#frames [data-bs-theme="dark"]{' in css.content.decode()
    assert boss.get("/brand-editor/preview.css?colour=red;}").status_code == 422
