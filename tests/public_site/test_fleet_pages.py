"""The fleet and its commands on pages and in the agency's API."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.fleet.models import CommandLine, Operation, Schema
from tenants.fleet.operations.running import run
from tenants.kernel import context
from tests.factories import Twin

STAGE = {"value_name": "Fitting", "value_probability": "60", "is_dry": "on", "canary": "1", "stop_after": "3"}
MIGRATION = {"canary": "5%", "workers": "2", "stop_after": "5", "statement_seconds": "60"}


@pytest.fixture
def troubled(twins: tuple[Twin, Twin]) -> Schema:
    """Company A's schema, failed and drifted."""
    with context.public():
        schema = Schema.objects.get(name=twins[0].company.schema_name)
        schema.error, schema.failed_at = "crm.9001: check violated", timezone.now()
        schema.drift = [["column", "crm_contact.by_hand", "extra", "", "integer"]]
        schema.save()
        return schema


def text_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_the_fleet_shows_where_companies_stand_and_what_is_wrong(admin: Client, troubled: Schema) -> None:
    text = text_of(admin.get("/control/fleet/"))

    assert "crm.9001: check violated" in text
    assert "crm_contact.by_hand" in text
    assert "Alpha Works" in text
    assert "At head" in text


def test_the_fleet_costs_the_same_for_more_trouble(
    admin: Client, troubled: Schema, twins: tuple[Twin, Twin], django_assert_num_queries: Any
) -> None:
    admin.get("/control/fleet/")
    with django_assert_num_queries(12):
        admin.get("/control/fleet/")
    with context.public():
        Schema.objects.filter(name=twins[1].company.schema_name).update(
            error="x", failed_at=timezone.now(), drift=troubled.drift
        )
    with django_assert_num_queries(12):
        admin.get("/control/fleet/")


def test_a_migration_is_begun_once_and_watched(admin: Client) -> None:
    refused = admin.post("/control/fleet/migration/", MIGRATION | {"canary": "some"})
    begun = admin.post("/control/fleet/migration/", MIGRATION)
    twice = admin.post("/control/fleet/migration/", MIGRATION)

    with context.public():
        operation = Operation.objects.get(kind="migrate")
    assert (refused.status_code, "5%" in text_of(refused)) == (422, True)
    assert begun["Location"] == f"/control/operations/{operation.pk}/"
    assert (twice.status_code, "already" in text_of(twice)) == (422, True)
    assert "The fleet is being migrated" in text_of(admin.get("/control/fleet/"))


def test_a_failure_is_tried_again(admin: Client, troubled: Schema) -> None:
    assert admin.post("/control/fleet/retries/t_nobody/").status_code == 404

    assert admin.post(f"/control/fleet/retries/{troubled.name}/").status_code == 302

    with context.public():
        assert Operation.objects.get(kind="migrate").arguments["only"] == [troubled.name]


@pytest.mark.parametrize("place", ["platform", "agency"])
def test_a_command_is_tried_and_its_lines_read(
    admin: Client, boss: Client, twins: tuple[Twin, Twin], place: str
) -> None:
    browser, root = (admin, "/control/fleet/commands/") if place == "platform" else (boss, "/commands/")
    assert "Add a pipeline stage" in text_of(browser.get(root))
    assert browser.post(f"{root}add-stage/", STAGE | {"value_name": ""}).status_code == 422

    begun = browser.post(f"{root}add-stage/", STAGE)

    with context.public():
        run(Operation.objects.get(kind="command"))
        assert CommandLine.objects.count() == (2 if place == "platform" else 1)
    text = text_of(browser.get(begun["Location"]))
    assert "Would change" in text
    assert "Stage “Fitting”" in text
    assert ("Bravo Works" in text) == (place == "platform")


def test_an_agency_sees_neither_others_runs_nor_the_platforms_commands(
    admin: Client, boss: Client, twins: tuple[Twin, Twin]
) -> None:
    begun = admin.post("/control/fleet/commands/add-stage/", STAGE)
    run_id = begun["Location"].rstrip("/").rsplit("/", 1)[1]

    assert boss.get(f"/commands/runs/{run_id}/").status_code == 404
    assert boss.get("/commands/repair-rights/").status_code == 404
    assert "Repair rights" not in text_of(boss.get("/commands/"))


def test_the_agency_api_runs_a_command_dry_unless_told(twins: tuple[Twin, Twin]) -> None:
    api = Client(headers={"host": twins[0].agency_host, "authorization": f"Bearer {twins[0].agency_api_key}"})
    names = [one["name"] for one in api.get("/api/v1/fleet-commands").json()]
    begun = api.post(
        "/api/v1/fleet-commands/add-stage/runs", {"values": {"name": "Fitting"}}, content_type="application/json"
    )
    with context.public():
        run(Operation.objects.get(pk=begun.json()["id"]))
    told = api.get(begun["Location"]).json()
    refused = api.post("/api/v1/fleet-commands/add-stage/runs", {}, content_type="application/json")

    assert names == ["add-field", "add-role", "add-stage", "reindex-search", "set-profile"]
    assert (begun.status_code, told["is_dry"], told["state"]) == (202, True, "done")
    assert [(one["company"], one["state"], one["told"]) for one in told["lines"]] == [
        ("Alpha Works", "would", "Stage “Fitting”")
    ]
    assert (refused.status_code, "name" in str(refused.json())) == (422, True)
