"""Who changed what all records work with stands in the audit."""

from typing import Any

import pytest

from tenants.identity.models import AuditEntry, User
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.actions import update_record
from tenants.records.custom.actions import (
    create_custom_field,
    retire_custom_field,
    revive_custom_field,
    update_custom_field,
)
from tenants.records.events import deliver
from tenants.records.models import Event
from tenants.records.registry import type_named
from tenants.records.tagging.actions import create_tag, delete_tag, merge_tags, update_tag
from tests.factories import Twin


@pytest.fixture
def boss(company: Twin) -> Actor:
    return User.objects.select_related("role").get(role__slug="owner").actor


def told(family: str) -> list[tuple[str, str, Any]]:
    rows = AuditEntry.objects.filter(action__startswith=f"{family}.").order_by("number")
    return [(row.action, row.subject, row.details) for row in rows]


def test_fields_of_the_companys_own(boss: Actor) -> None:
    field = create_custom_field(record_type=type_named("contacts"), label="Tier", kind="text", by=boss)
    update_custom_field(field=field, by=boss, help_text="How dear they are", label="Rank")
    retire_custom_field(field=field, by=boss)
    revive_custom_field(field=field, by=boss)

    assert told("field") == [
        ("field.created", "contacts: Tier", {"kind": "text"}),
        ("field.changed", "contacts: Rank", {"kind": "text", "parts": ["help_text", "label"]}),
        ("field.retired", "contacts: Rank", {"kind": "text"}),
        ("field.revived", "contacts: Rank", {"kind": "text"}),
    ]
    assert AuditEntry.objects.get(action="field.created").user_id == boss.user_id


def test_tags(boss: Actor) -> None:
    one, two = create_tag(name="vip-a", by=boss), create_tag(name="vip-b", by=boss)
    update_tag(tag=one, by=boss, tone="good")
    one = update_tag(tag=one, by=boss, name="vip-c")
    merge_tags(kept=one, merged=[two], by=boss)
    delete_tag(tag=one, by=boss)

    assert told("tag") == [
        ("tag.renamed", "vip-c", {"before": "vip-a"}),
        ("tag.merged", "vip-c", {"gone": "vip-b"}),
        ("tag.deleted", "vip-c", {}),
    ]


def test_pipelines_and_stages_once_each_though_events_come_twice(boss: Actor) -> None:
    stage = type_named("stages").model._default_manager.first()
    with context.acting(boss):
        update_record(record=stage, values={"name": "Nearly there"}, by=boss)
    for event in Event.objects.filter(name="stage.updated", record_id=stage.pk):
        deliver(event)
        deliver(event)

    [(action, subject, details)] = told("setting")
    assert (action, subject, details["fields"]) == ("setting.updated", f"stages:{stage.pk}", ["name"])
