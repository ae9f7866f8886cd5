"""A company goes out as a file and into another one, and comes out of that the same."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile

from tenants.crm.models import Stage
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.exporting import actions as exporting
from tenants.records.exporting.queries import file_of
from tenants.records.importing import actions as importing
from tenants.records.models import Job, JobLine
from tenants.records.order import all_in_order
from tenants.records.registry import type_named
from tests.factories import Twin, make

TYPES = ("pipelines", "stages", "accounts", "contacts", "deals", "leads", "tasks", "activities")
DIFFERS = ("updated_at", "version")
PLANTED = ("pipelines", "stages")
"""Types of which a new company has some already: those keep their age."""


@pytest.fixture
def full(twins: tuple[Twin, Twin]) -> Twin:
    """Company A with something of every type, related in every way."""
    with context.inside(twins[0].place, actor=robot()):
        User.objects.filter(role__slug="owner").update(email="owner@same.example", name="Same Owner")
        owner = User.objects.get(email="owner@same.example").pk
        head = make("accounts", name="=Head, “Office”", tags=["vip, gold", "north"], owner=owner, external_id="A-1")
        branch = make("accounts", name="Branch", parent=head.pk, description="two\nlines")
        boss = make("contacts", first_name="'Asha", last_name="Rao", account=head.pk, email="asha@p.example")
        twin = make("contacts", first_name="Twin", account=branch.pk, reports_to=boss.pk, birthday="1980-04-12")
        make("contacts", first_name="Twin", account=head.pk, do_not_call=True, phone="+919820011843")
        pipeline = make("pipelines", name="Partners")
        stage = Stage.objects.filter(pipeline=pipeline, kind="won").earliest("position")
        won = make("deals", name="Won", account=head.pk, contact=twin.pk, stage=stage.pk, amount="1234.5678")
        make("deals", name="Open", competitors=["One", "Two, Inc."], expected_close_on="2027-01-31")
        make("leads", first_name="Lea", company_name="Lead & Co", amount="10", has_budget=True)
        make("tasks", name="Call", about_type="contacts", about_id=str(twin.pk), due_at="2027-01-05T10:00:00Z")
        make("tasks", name="Done", status="completed")
        make("activities", subject="Met", about_type="deals", about_id=str(won.pk), occurred_at="2026-10-05T10:00:00Z")
    return twins[0]


def exported(twin: Twin, file_format: str) -> bytes:
    with context.inside(twin.place, actor=robot()):
        job = exporting.export_whole(types=[type_named(name) for name in TYPES], file_format=file_format, by=robot())
        assert job.state == "done", job.error
        with file_of(job) as file:
            return file.read()


def brought(twin: Twin, content: bytes) -> Job:
    """Into company B, emptied of what its tests need."""
    with context.inside(twin.place, actor=robot()):
        User.objects.filter(role__slug="owner").update(email="owner@same.example", name="Same Owner")
        for name in reversed(TYPES):
            if name not in PLANTED:
                type_named(name).model._default_manager.all().delete()
        draft = importing.upload(
            file=ContentFile(content),
            name="all",
            type_name="",
            by=context.actor(),
            size=len(content),
        )
        draft = importing.start_preview(draft=draft, by=context.actor())
        job = importing.start_import(draft=draft, by=context.actor())
        assert job.state == "done", job.error
        told = [(line.number, line.field, line.value, line.message) for line in JobLine.objects.filter(job=job)]
        assert told == []
        return job


def tables(content: bytes, file_format: str) -> dict[str, list[dict[str, Any]]]:
    if file_format == "json":
        found = json.loads(content)
        return {name: found[name] for name in found["types"]}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
        }


def without_ids(rows: list[dict[str, Any]], differs: tuple[str, ...]) -> list[dict[str, Any]]:
    """Relations by name alone; what must differ is left out."""
    found = []
    for row in rows:
        kept = {n: v for n, v in row.items() if n not in differs and (n == "external_id" or not n.endswith("id"))}
        found.append({n: v["name"] if isinstance(v, dict) and "id" in v else v for n, v in kept.items()})
    return sorted(found, key=lambda row: json.dumps(row, sort_keys=True))


@pytest.mark.parametrize("file_format", ["json", "csv"])
def test_a_company_comes_through_whole(full: Twin, twins: tuple[Twin, Twin], file_format: str) -> None:
    content = exported(full, file_format)
    before = tables(content, file_format)

    brought(twins[1], content)
    after = tables(exported(twins[1], file_format), file_format)

    assert list(after) == list(before)
    for name in TYPES:
        differs = (*DIFFERS, "created_at") if name in PLANTED else DIFFERS
        assert without_ids(after[name], differs) == without_ids(before[name], differs), name
        ids = {row["id"] for row in before[name]} & {row["id"] for row in after[name]}
        assert ids == set()


def test_importing_twice_changes_nothing(full: Twin, twins: tuple[Twin, Twin]) -> None:
    content = exported(full, "json")
    brought(twins[1], content)

    with context.inside(twins[1].place, actor=robot()):
        draft = importing.upload(
            file=ContentFile(content),
            name="all",
            type_name="",
            by=context.actor(),
            size=len(content),
        )
        job = importing.start_import(draft=importing.start_preview(draft=draft, by=context.actor()), by=context.actor())

    assert {name for name in ("created", "updated", "failed") if job.counts.get(name)} == set()


def test_order_puts_what_is_pointed_at_first(company: Twin) -> None:
    names = [one.name for one in all_in_order()]

    assert names.index("accounts") < names.index("contacts") < names.index("deals") < names.index("leads")
    assert names.index("pipelines") < names.index("stages") < names.index("deals") < names.index("tasks")
