"""T02: names that people type never become names in the database."""

import json
import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tenants.directory.models import Company
from tenants.kernel import context
from tests.factories import Twin

PAYLOADS = (
    "x','b", 'x"', "'; DROP SCHEMA public CASCADE; --", "../x", "..", "/etc/passwd", "public", "pg_catalog", "pg_toast",
    "information_schema", "nowhere", "x" * 64, "x\x00y", "\u202eabc", "\u200babc", "%s", "%(x)s", "{0}", "$1", "x y",
    "x\ny", "x\\", "x;y", "x--y", "x/*y*/", "ｐｕｂｌｉｃ", "pu\u0441lic", "t_aaaaaaaaaaaaaaaaaaaa", "T_A", "",
    "-x-", "null",
)  # fmt: skip


def schemas() -> list[str]:
    with context.public(), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t02_a_slug_is_checked_and_is_no_schema(twins: tuple[Twin, Twin], payload: str) -> None:
    before = schemas()
    api = Client(headers={"host": twins[0].agency_host, "authorization": f"Bearer {twins[0].agency_api_key}"})
    body = {"name": "New", "slug": payload, "country": "IN", "owner_email": "owner@new.example"}
    answer = api.post("/api/v1/companies", json.dumps(body), content_type="application/json")

    if answer.status_code == 201:  # a fine slug; the schema has nothing of it
        with context.public():
            assert re.fullmatch(r"t_[a-z2-7]{20}", Company.objects.get(slug=payload).schema_name)
    else:
        assert answer.status_code in (409, 422)
    assert [one for one in schemas() if one not in before and not re.fullmatch(r"t_[a-z2-7]{20}", one)] == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t02_the_database_refuses_what_is_no_name_of_ours(twins: tuple[Twin, Twin], payload: str) -> None:
    if payload == "t_aaaaaaaaaaaaaaaaaaaa":
        pytest.skip("this one looks like ours")
    with context.public(), pytest.raises((DatabaseError, ValueError)), transaction.atomic():
        Company.objects.filter(pk=twins[0].company.pk).update(schema_name=payload)


@pytest.mark.parametrize("payload", [one for one in PAYLOADS if not one.isidentifier() or not one.isascii()])
def test_t02_a_place_of_such_a_name_is_not_entered(rolled_back: None, payload: str) -> None:
    """The last door: whatever came to be written into SET."""
    for place in (context.Place(schema=payload), context.Place(schema="public", role=payload or "-")):
        with context.inside(place), pytest.raises(ValueError, match="Not a name of ours"):
            connection.cursor()
