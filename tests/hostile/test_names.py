"""T02: what people type never becomes the name of a schema, by whichever door it comes."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tenants.directory.errors import SlugTaken
from tenants.directory.models import Agency, Company
from tenants.directory.names import RESERVED_SLUGS
from tenants.fleet.actions import create_company
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.context import Place
from tenants.kernel.errors import Invalid
from tests.factories import PASSWORD, Twin, client_for
from tests.hostile.payloads import PAYLOADS

VALUES = {"name": "New", "country": "IN", "owner_email": "o@new.example"}


@pytest.fixture(autouse=True)
def _nothing_changes(twins: tuple[Twin, Twin]) -> Any:
    before = _everything()
    yield
    assert _everything() == before


def _everything() -> tuple[list[str], int, int]:
    with context.public(), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1")
        return [row[0] for row in cursor.fetchall()], Company.objects.count(), Agency.objects.count()


@pytest.fixture
def boss(twins: tuple[Twin, Twin]) -> Client:
    from public_site.agency.models import AgencyMember

    with context.inside(Place(schema="public", agency_id=twins[0].agency.pk)):
        user = AgencyMember.objects.select_related("user").get(agency=twins[0].agency, role="owner").user
        return client_for(user, twins[0].agency_host)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t02_the_action_and_the_database_refuse(twins: tuple[Twin, Twin], payload: str) -> None:
    with context.public(actor=robot()):
        with pytest.raises((Invalid, SlugTaken)):
            create_company(agency=twins[0].agency, slug=payload, by=robot(), **VALUES)
        with pytest.raises((DatabaseError, ValueError)), transaction.atomic():
            Company.objects.create(agency=twins[0].agency, slug="xxx", schema_name=payload, currency="INR", **VALUES)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t02_the_portal_refuses_and_shows_what_was_typed(boss: Client, payload: str) -> None:
    answer = boss.post("/companies/new/", VALUES | {"slug": payload, "language": "en"})

    assert answer.status_code == 422
    assert 'value="New"' in answer.content.decode()


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("field", ["slug", "schema_name"])
def test_t02_the_api_refuses_and_names_the_field(twins: tuple[Twin, Twin], field: str, payload: str) -> None:
    program = Client(headers={"host": twins[0].agency_host, "authorization": f"Bearer {twins[0].agency_api_key}"})
    body = VALUES | {"slug": "fine"} | {field: payload}

    answer = program.post("/api/v1/companies", body, content_type="application/json")

    assert answer.status_code in (409, 422)
    assert answer.json()["field"] == field


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t02_the_command_refuses(twins: tuple[Twin, Twin], payload: str) -> None:
    # An empty one means: make it of the name.
    options = ["--slug", payload or "-", "--country", "IN", "--owner-email", "o@new.example"]
    with pytest.raises(CommandError):
        call_command("company", "create", twins[0].agency.slug, "New", *options, stdout=StringIO())


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t02_signing_up_refuses(twins: tuple[Twin, Twin], payload: str) -> None:
    browser = Client(headers={"host": "localhost"})
    values = {
        "agency_name": "New", "slug": payload, "name": "Nora", "email": "nora@new.example", "password": PASSWORD,
        "plan": "pro", "accept_terms": "on",
    }  # fmt: skip

    assert browser.post("/sign-up/", values).status_code == 422


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_reserved_names_are_taken(twins: tuple[Twin, Twin], slug: str) -> None:
    with context.public(actor=robot()), pytest.raises((Invalid, SlugTaken)):
        create_company(agency=twins[0].agency, slug=slug, by=robot(), **VALUES)


def test_a_slug_asked_for_again_is_a_clean_conflict_at_every_door(twins: tuple[Twin, Twin], boss: Client) -> None:
    program = Client(headers={"host": twins[0].agency_host, "authorization": f"Bearer {twins[0].agency_api_key}"})
    page = boss.post("/companies/new/", VALUES | {"slug": "works", "language": "en"})
    api = program.post("/api/v1/companies", VALUES | {"slug": "works"}, content_type="application/json")

    assert (page.status_code, "is taken" in page.content.decode()) == (422, True)
    assert (api.status_code, api.json()["code"], api.json()["field"]) == (409, "slug_taken", "slug")
    options = ["--slug", "works", "--country", "IN", "--owner-email", "o@new.example"]
    with pytest.raises(CommandError, match="is taken"):
        call_command("company", "create", twins[0].agency.slug, "New", *options, stdout=StringIO())


@pytest.mark.parametrize("payload", [one for one in PAYLOADS if not one.isidentifier() or not one.isascii()])
def test_t02_a_place_of_such_a_name_is_not_entered(rolled_back: None, payload: str) -> None:
    """The last door: whatever came to be written into SET."""
    for place in (Place(schema=payload or "-"), Place(schema="public", role=payload or "-")):
        with context.inside(place), pytest.raises(ValueError, match="Not a name of ours"):
            connection.cursor()
