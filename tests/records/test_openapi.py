"""The API documents are committed, so that every change of them is seen in review.

To accept a change: REFRESH_SNAPSHOTS=1 infra/test tests/records/test_openapi.py
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from ninja import Schema

from tests.factories import Twin

FOLDER = Path(__file__).resolve().parents[2] / "infra" / "docs" / "api"


def document_of(host: str) -> dict[str, Any]:
    answer = Client(headers={"host": host}).get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def neutral(document: dict[str, Any]) -> dict[str, Any]:
    """Without the names of the host that was asked."""
    return document | {"info": document["info"] | {"title": "API"}, "servers": []}


@pytest.mark.parametrize("face", ["company", "agency"])
def test_document_is_the_committed_one(twins: tuple[Twin, Twin], face: str) -> None:
    host = {"company": twins[0].host, "agency": twins[0].agency_host}[face]
    file = FOLDER / f"{face}.json"
    text = json.dumps(neutral(document_of(host)), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("REFRESH_SNAPSHOTS"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    assert file.is_file(), f"Make {file.name}: see the top of this test"
    assert json.loads(file.read_text()) == json.loads(text), f"{file.name} has changed: see the top of this test"


def test_document_carries_brand_and_address_of_the_host(twins: tuple[Twin, Twin]) -> None:
    document = document_of(twins[0].host)

    assert document["info"]["title"] == "AlphaSuite API"
    assert document["servers"][0]["url"].startswith(f"http://{twins[0].host}")


def test_every_route_names_its_refusals(twins: tuple[Twin, Twin]) -> None:
    for path, methods in document_of(twins[0].host)["paths"].items():
        for method, route in methods.items():
            assert {"401", "403", "404", "422"} <= set(route["responses"]), f"{method} {path}"


def all_under(schema: type[Schema]) -> Iterator[type[Schema]]:
    for one in schema.__subclasses__():
        yield one
        yield from all_under(one)


def test_no_two_schemas_of_a_document_share_a_name(twins: tuple[Twin, Twin]) -> None:
    """Ninja names components by class alone: the second of a name would be told in the first one's shape."""
    document_of(twins[0].host)
    rooms = defaultdict(set)
    for schema in all_under(Schema):
        if schema.__module__.startswith(("tenants.", "billing.")):
            rooms[schema.__name__].add(schema.__module__)

    assert {name: at for name, at in rooms.items() if len(at) > 1} == {}
