"""T25: no cache on the way, and no browser, gives an answer of one host or reader to another."""

from typing import Any

from django.conf import settings
from django.test import Client

from tests.factories import Twin
from tests.hostile.crawl import crawl
from tests.hostile.test_t18_admin import staff_of

ASIDE = ("/brand.css", "/manifest.webmanifest", "/brand/icon", "/brand/logo", "/api/v1/openapi.json", "/nothing/")


def faults(answer: Any) -> list[str]:
    """What a shared cache could do wrong with it."""
    kept = {part.strip().partition("=")[0] for part in answer.get("Cache-Control", "").lower().split(",")}
    told_apart = {part.strip() for part in answer.get("Vary", "").split(",")}
    found = [] if kept & {"private", "no-store"} else ["shared caches may keep it"]
    found += [f"says {one}" for one in kept & {"public", "s-maxage", "immutable"}]
    return found + [f"not told apart by {one}" for one in ("Host", "Cookie") if one not in told_apart]


def asked(client: Client, urls: list[str]) -> dict[str, list[str]]:
    found = {url: faults(client.get(url)) for url in urls}
    return {url: said for url, said in found.items() if said}


def test_t25_every_page_is_private_and_told_apart_by_host(twins: tuple[Twin, Twin]) -> None:
    for client, host in ((twins[0].signed_in(), twins[0].host), (staff_of(twins[0]), twins[0].agency_host)):
        reads = [read for read in crawl(client, host) if not read.url.startswith("/static/")]
        assert len(reads) > 10
        assert {read.url: said for read in reads if (said := faults(read.answer))} == {}
        assert asked(client, list(ASIDE)) == {}


def test_t25_every_list_of_the_api_is_private(twins: tuple[Twin, Twin]) -> None:
    api = twins[0].with_key()
    paths = api.get("/api/v1/openapi.json").json()["paths"]

    assert asked(api, [path for path, methods in paths.items() if "get" in methods and "{" not in path]) == {}


def test_t25_visitors_of_every_face_too(twins: tuple[Twin, Twin]) -> None:
    for host in (twins[0].host, twins[0].agency_host, settings.PLATFORM_DOMAIN):
        client = Client(headers={"host": host})
        assert asked(client, ["/", "/sign-in/", "/forgot-password/", "/pricing/", *ASIDE]) == {}, host


def test_t25_a_shared_cache_keyed_by_path_alone_would_be_told_not_to(twins: tuple[Twin, Twin]) -> None:
    """The same path at two hosts: other texts, other tags of versions, so a wrong answer is not revalidated either."""
    for path in ("/brand.css", "/manifest.webmanifest"):
        one, two = (Client(headers={"host": twin.host}).get(path) for twin in twins)
        assert one.content != two.content or path == "/brand.css"
        assert not one.get("ETag") or one["ETag"] != two.get("ETag") or one.content == two.content
    one, two = (twin.with_key().get("/api/v1/contacts") for twin in twins)
    again = twins[1].with_key().get("/api/v1/contacts", headers={"if-none-match": one.get("ETag", '"x"')})
    assert (again.status_code, again.content) == (200, two.content)
