"""Twin companies: nothing of B in anything that A can ask for, and the brand on all of it."""

import logging
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tenants.identity.models import User
from tenants.kernel import context
from tests.factories import Twin, client_for
from tests.hostile.crawl import Read, crawl, fetch

ASIDE = ("/brand.css", "/manifest.webmanifest", "/api/v1/openapi.json", "/brand/icon")
ERRORS = ("/nothing-here/", "/contacts/01890a5d-ac96-774b-bcce-b302099a8057/", "/api/v1/nothing")


def company_reads(twin: Twin) -> list[Read]:
    browser = twin.signed_in()
    reads = crawl(browser, twin.host)
    reads += [fetch(browser, url) for url in (*ASIDE, *ERRORS)]
    return reads + [
        fetch(Client(headers={"host": twin.host}), url)
        for url in ("/sign-in/", "/forgot-password/", "/nothing/", *ASIDE)
    ]


def agency_reads(twin: Twin) -> list[Read]:
    with context.inside(context.Place(schema="public", agency_id=twin.agency.pk)):
        staff = User.objects.get(email=f"boss@{twin.agency.slug}.example")
        browser = client_for(staff, twin.agency_host)
    reads = crawl(browser, twin.agency_host)
    return reads + [
        fetch(browser, url) for url in (*ASIDE, *ERRORS, "/companies/01890a5d-ac96-774b-bcce-b302099a8057/")
    ]


def api_reads(twin: Twin) -> list[Read]:
    """Each list route of the API document, and each record in it."""
    api = twin.with_key()
    paths = api.get("/api/v1/openapi.json").json()["paths"]
    lists = [path for path, methods in paths.items() if "get" in methods and "{" not in path]
    reads = [fetch(api, path) for path in lists]
    known = {"contacts": twin.contact_id, "accounts": twin.account_id, "deals": twin.deal_id}
    return reads + [fetch(api, f"/api/v1/{name}/{key}") for name, key in known.items()]


_read_once: dict[str, list[Read]] = {}


@pytest.fixture
def parts(twins: tuple[Twin, Twin]) -> dict[str, list[Read]]:
    """All of A and of its agency, read once for the tests of this file: they only look at the text."""
    if not _read_once:
        for name, read in (("company", company_reads), ("api", api_reads), ("agency", agency_reads)):
            _read_once[name] = read(twins[0])
    return _read_once


@pytest.fixture
def everything(parts: dict[str, list[Read]]) -> list[Read]:
    return [read for reads in parts.values() for read in reads]


def test_crawl_reaches_the_house(parts: dict[str, list[Read]], twins: tuple[Twin, Twin]) -> None:
    reads = parts["company"]
    paths = {read.url.partition("?")[0] for read in reads if read.status == 200}

    assert {
        "/",
        "/contacts/",
        "/accounts/",
        "/deals/board/",
        "/tasks/",
        f"/contacts/{twins[0].contact_id}/",
        f"/deals/{twins[0].deal_id}/",
    } <= paths
    assert any(twins[0].sentinel in read.text for read in reads)
    of_agency = {read.url.partition("?")[0] for read in parts["agency"] if read.status == 200}
    assert {"/", "/brand-editor/", f"/companies/{twins[0].company.pk}/"} <= of_agency


def test_no_page_of_the_crawl_fails(parts: dict[str, list[Read]]) -> None:
    for reads in (parts["company"], parts["agency"]):
        assert [(read.url, read.status) for read in reads if read.status >= 500] == []
        asked_for = (*ERRORS, "/brand/", "/nothing/")
        assert [
            (read.url, read.status)
            for read in reads
            if read.status >= 400 and not read.url.startswith((*asked_for, "/companies/01890"))
        ] == []


def test_nothing_of_b_in_anything_of_a(everything: list[Read], twins: tuple[Twin, Twin]) -> None:
    of_b = (twins[1].sentinel, twins[1].place.schema, str(twins[1].company.pk), str(twins[1].contact_id), "BravoSuite")

    assert [(read.url, word) for read in everything for word in of_b if word in read.text] == []


def test_the_platform_is_nowhere_named(everything: list[Read]) -> None:
    assert [read.url for read in everything if settings.PLATFORM_NAME.lower() in read.text.lower()] == []


def test_every_page_carries_the_brand(everything: list[Read]) -> None:
    assert [read.url for read in everything if read.is_page and "AlphaSuite" not in read.text] == []
    named = {read.url: read.text for read in everything}
    assert "AlphaSuite" in named["/manifest.webmanifest"]
    assert "AlphaSuite API" in named["/api/v1/openapi.json"]


def test_schema_and_role_names_stay_inside(everything: list[Read], twins: tuple[Twin, Twin]) -> None:
    assert [read.url for read in everything if twins[0].place.schema in read.text] == []


def test_t20_cache_values_of_a_hold_nothing_of_b(twins: tuple[Twin, Twin]) -> None:
    for twin in twins:
        company_reads(twin)
    store: Any = redis.Redis.from_url(settings.REDIS_URL)
    salts = {str(twin.company.pk): twin for twin in twins}
    unsalted = f"{cache.key_prefix}:{cache.version}:".encode()  # type: ignore[attr-defined]
    assert [key for key in store.scan_iter("*") if key.startswith(unsalted)] == [], "keys of everybody"
    for key in store.scan_iter("*"):
        owner = salts.get(key.decode(errors="replace").partition(":")[0])
        if owner and store.type(key) == b"string":
            other = twins[1] if owner is twins[0] else twins[0]
            assert other.sentinel.encode() not in store.get(key)


def test_log_lines_of_a_hold_nothing_of_b(twins: tuple[Twin, Twin], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    company_reads(twins[0])

    assert twins[1].sentinel not in caplog.text
    assert twins[1].place.schema not in caplog.text


@pytest.mark.parametrize(
    "path", ["/contacts/", "/deals/", "/accounts/", "/api/v1/contacts", "/api/v1/deals", "/api/v1/accounts"]
)
def test_t24_search_finds_nothing_of_b(twins: tuple[Twin, Twin], path: str) -> None:
    client = twins[0].with_key() if path.startswith("/api/") else twins[0].signed_in()
    answer = client.get(path, {"q": twins[1].sentinel[:12]})

    assert answer.status_code == 200
    assert twins[1].sentinel not in answer.content.decode()
    if path.startswith("/api/"):
        assert answer.json()["items"] == []
