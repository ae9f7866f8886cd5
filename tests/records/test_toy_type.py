"""A third party adds a record type: a model and a declaration in under forty lines, and the house does the rest.

The type is declared here while these tests run and forgotten after them; its table lives in the test's transaction.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import clear_url_caches, path

from saas.api import OF_A_TYPE, make_api
from saas.urls import company as company_urls
from tenants.identity.actions import add_user, create_api_key
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records import registry
from tenants.records.actions import update_record
from tenants.records.exporting.actions import export_list
from tenants.records.exporting.queries import file_of
from tenants.records.models import Change, Event
from tenants.records.registry import RecordType, type_named
from tenants.records.search.following import dependents
from tests.factories import PASSWORD, Twin, make
from tests.records.importing.helpers import counts, imported

NAME = "tests.records.toys"


@pytest.fixture(scope="module")
def toys() -> Iterator[RecordType]:
    """The type with its routes, as INSTALLED_APPS would bring them."""
    import_module(NAME)
    found = type_named("toys")
    api = make_api("toys", [("/toys", make_router(found)) for make_router in OF_A_TYPE])
    company_urls.urlpatterns.insert(0, path("api/v1/", api.urls))
    _forget_what_is_remembered()
    yield found
    del company_urls.urlpatterns[0], registry._types["toys"], apps.all_models["toys"], sys.modules[NAME]
    apps.clear_cache()
    _forget_what_is_remembered()


def _forget_what_is_remembered() -> None:
    dependents.cache_clear()
    clear_url_caches()


@pytest.fixture
def shop(toys: RecordType, twins: tuple[Twin, Twin]) -> Iterator[Twin]:
    """Company A with a table of toys: what a migration does in every company."""
    twin = twins[0]
    with context.inside(replace(twin.place, role=None)):
        with connection.schema_editor() as editor:
            editor.create_model(toys.model)
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(toys.model._meta.db_table)
            cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{twin.place.role}"')
    with context.inside(twin.place, actor=robot()):
        yield twin


def sent(client: Client, method: str, url: str, body: Any = None) -> Any:
    return getattr(client, method)(url, json.dumps(body) if body else None, content_type="application/json")


def test_the_declaration_is_short(toys: RecordType) -> None:
    assert len(Path(__file__).with_name("toys.py").read_text().splitlines()) < 40


def test_list_board_form_and_page(shop: Twin) -> None:
    toy = make("toys", name="Blue kite", price="450", shelf="shop", maker=shop.account_id)
    browser = shop.signed_in()

    listed = browser.get("/toys/").content.decode()
    assert "Blue kite" in listed
    assert shop.sentinel in listed
    board = browser.get("/toys/board/").content.decode()
    assert "In the shop" in board
    assert "Blue kite" in board
    assert 'name="price"' in browser.get("/toys/new/").content.decode()
    assert browser.get(f"/toys/{toy.pk}/").status_code == 200


def test_a_form_makes_one_and_refuses_nonsense(shop: Twin, toys: RecordType) -> None:
    browser = shop.signed_in()

    refused = browser.post("/toys/new/", {"name": "", "price": "much", "shelf": "store"})
    made = browser.post("/toys/new/", {"name": "Red drum", "price": "99.50", "shelf": "store"})

    assert refused.status_code == 422
    assert made.status_code == 302
    assert [str(row) for row in toys.model.objects.all()] == ["Red drum"]


def test_api(shop: Twin) -> None:
    client = shop.with_key()

    made = sent(client, "post", "/api/v1/toys", {"name": "Top", "price": "12.5", "maker": str(shop.account_id)})
    toy = made.json()
    changed = sent(client, "patch", f"/api/v1/toys/{toy['id']}", {"shelf": "shop"}).json()
    tree = json.dumps({"all": [{"field": "shelf", "op": "is", "value": "shop"}]})
    found = client.get("/api/v1/toys", {"filter": tree, "sort": "-price", "with_total": "true"}).json()
    client.delete(f"/api/v1/toys/{toy['id']}")

    assert made.status_code == 201
    assert (toy["price"], toy["shelf"], toy["maker"]["id"]) == ("12.5000", "store", str(shop.account_id))
    assert (changed["shelf"], changed["version"]) == ("shop", 2)
    assert ([row["name"] for row in found["items"]], found["total"]) == (["Top"], 1)
    assert client.get(f"/api/v1/toys/{toy['id']}").status_code == 404


def test_search(shop: Twin) -> None:
    make("toys", name="Marble run", maker=shop.account_id)

    for text in ("marble", "arbl", shop.sentinel, "type:toys shelf:store"):
        found = shop.with_key().get("/api/v1/search", {"q": text, "types": "toys"}).json()

        assert [(hit["type"], hit["title"]) for hit in found["items"]] == [("toys", "Marble run")], text


def test_history_and_events(shop: Twin) -> None:
    toy = make("toys", name="Yo-yo", price="5")
    update_record(record=toy, values={"price": "6"}, by=robot("Tester"))

    change = Change.objects.filter(record_id=toy.pk).latest("created_at")
    assert (change.record_type, change.action, change.changes) == ("toys", "updated", {"price": ["5.0000", "6.0000"]})
    assert list(Event.objects.filter(record_id=toy.pk).values_list("name", flat=True)) == ["toy.created", "toy.updated"]


def test_permission(shop: Twin) -> None:
    toy = make("toys", name="Locked")
    added = add_user(email="reader@toys.example", name="Reader", role="read-only", password=PASSWORD)
    key = create_api_key(user=User.objects.get(pk=added.pk), name="Reader", by=robot())[1]
    client = Client(headers={"host": shop.host, "authorization": f"Bearer {key}"})

    assert client.get(f"/api/v1/toys/{toy.pk}").status_code == 200
    assert sent(client, "patch", f"/api/v1/toys/{toy.pk}", {"name": "Open"}).status_code == 403
    assert sent(client, "post", "/api/v1/toys", {"name": "Mine"}).status_code == 403


def test_import(shop: Twin, toys: RecordType) -> None:
    job = imported("Name,Price,Shelf\nKite,450,In the shop\nDrum,many,In store\n", type_name="toys")

    assert counts(job) == {"created": 1, "failed": 1}
    assert [(row.name, str(row.price), row.shelf) for row in toys.model.objects.all()] == [("Kite", "450.0000", "shop")]


def test_export_comes_back_through_an_import(shop: Twin, toys: RecordType) -> None:
    toy = make("toys", name="Kite", price="450", shelf="shop", maker=shop.account_id)
    job = export_list(record_type=toys, file_format="csv", asked={}, by=robot())
    with file_of(job) as file:
        content = file.read()
    toys.model.objects.all().delete()

    again = imported(content, name="toys.csv", type_name="toys")

    assert f"{shop.sentinel} Traders" in content.decode("utf-8-sig")
    assert counts(again) == {"created": 1}
    back = toys.model.objects.get()
    assert (back.name, back.price, back.shelf, back.maker_id) == ("Kite", toy.price, "shop", shop.account_id)
