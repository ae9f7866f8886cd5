"""T24: exports, the widest door: nothing of B in any file that A may have made."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.factories import Twin


def exported(twin: Twin, body: dict[str, Any]) -> bytes:
    api = twin.with_key()
    made = api.post("/api/v1/exports", json.dumps(body), content_type="application/json")
    assert made.status_code == 202, made.content
    answer = api.get(f"/api/v1/exports/{made.json()['id']}/file")
    assert answer.status_code == 200
    whole: bytes = b"".join(answer.streaming_content)
    if whole.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            whole = b"\n".join(archive.read(name) for name in archive.namelist())
    return whole


@pytest.mark.parametrize(
    "body",
    [
        *({"types": [name], "format": kind} for name in ("contacts", "accounts", "deals") for kind in ("csv", "json")),
        {"types": ["contacts"], "format": "xlsx"},
        {"types": ["contacts", "accounts", "deals"], "format": "json"},
        {"everything": True, "format": "json"},
        {"everything": True, "format": "csv"},
    ],
)
def test_t24_exports_hold_their_own_company_alone(twins: tuple[Twin, Twin], body: dict[str, Any]) -> None:
    one, two = twins
    whole = exported(one, body)

    assert one.sentinel.encode() in whole
    for word in (two.sentinel, str(two.company.pk), two.place.schema, str(two.contact_id)):
        assert word.encode() not in whole


def test_t24_an_export_cannot_be_fetched_from_elsewhere(twins: tuple[Twin, Twin]) -> None:
    made = (
        twins[0]
        .with_key()
        .post("/api/v1/exports", json.dumps({"types": ["contacts"], "format": "csv"}), content_type="application/json")
    )
    for path in (f"/api/v1/exports/{made.json()['id']}", f"/api/v1/exports/{made.json()['id']}/file"):
        assert twins[1].with_key().get(path).status_code == 404


def test_t24_ids_of_b_bring_nothing_out(twins: tuple[Twin, Twin]) -> None:
    whole = exported(twins[0], {"types": ["contacts"], "format": "json", "ids": [str(twins[1].contact_id)]})

    assert twins[1].sentinel.encode() not in whole
    assert twins[0].sentinel.encode() not in whole
