"""The lint over migrations: what blocks companies or breaks served code is refused, unless a reason is given."""

from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.utils import timezone

from tenants.fleet.migrating import plan
from tenants.fleet.upgrading.linting import faults
from tenants.kernel.db.operations import DropForgotten, ForgetField
from tenants.kernel.ids import uuid7

REASON = "The table came with the release before and is empty everywhere."


def a_migration(*operations: Any, **attributes: Any) -> migrations.Migration:
    body = {"operations": list(operations), "dependencies": []} | attributes
    return type("Migration", (migrations.Migration,), body)("9001_made_up", "crm")


def rules(*operations: Any, **attributes: Any) -> list[str]:
    applied = [(one.app_label, one.name) for one in plan()]
    return [fault.rule for fault in faults([a_migration(*operations, **attributes)], applied=applied)]


def add(field: Any) -> migrations.AddField:
    return migrations.AddField("contact", "extra", field)


def alter(name: str, field: Any) -> migrations.AlterField:
    return migrations.AlterField("contact", name, field)


def nothing(apps: Any, schema_editor: Any) -> None: ...


NAME = {"max_length": 80}
PYTHON = migrations.RunPython(nothing, nothing, elidable=True)
REFUSED = [
    ([add(models.IntegerField())], ["not-null"]),
    ([add(models.IntegerField(default=3))], ["not-null"]),
    ([add(models.IntegerField(unique=True, null=True, default=3))], ["unique"]),
    ([add(models.UUIDField(default=uuid7, null=True))], ["default"]),
    ([add(models.BigAutoField(primary_key=True))], ["identity", "not-null", "unique"]),
    ([add(models.ForeignKey("directory.company", models.CASCADE, null=True))], ["leaves"]),
    ([alter("first_name", models.TextField())], []),
    ([alter("first_name", models.CharField(max_length=40))], ["type"]),
    ([alter("first_name", models.IntegerField())], ["type"]),
    ([alter("first_name", models.CharField(db_column="given", **NAME))], ["rename"]),
    ([alter("influence", models.PositiveSmallIntegerField(default=0))], ["not-null"]),
    ([migrations.RenameField("contact", "first_name", "given")], ["rename"]),
    ([migrations.RenameModel("Contact", "Person")], ["rename"]),
    ([migrations.AlterModelTable("contact", "people")], ["rename"]),
    ([migrations.RemoveField("contact", "phone")], ["drop"]),
    ([migrations.DeleteModel("Contact")], ["drop"]),
    ([migrations.RunPython(nothing)], ["elidable"]),
    ([migrations.RunPython(nothing, atomic=False, elidable=True)], ["atomic"]),
    ([PYTHON, add(models.IntegerField(null=True))], ["mixed"]),
    ([migrations.RunSQL("UPDATE crm_contact SET city = ''")], ["elidable"]),
    ([migrations.RunSQL("DELETE FROM public.directory_company", elidable=True)], ["leaves"]),
    ([migrations.RunSQL("CREATE INDEX CONCURRENTLY x ON y (z)", elidable=True)], ["atomic"]),
    ([AddIndexConcurrently("contact", models.Index(fields=["city"], name="by_city"))], ["atomic"]),
    ([migrations.SeparateDatabaseAndState([migrations.RemoveField("contact", "phone")], [])], ["drop"]),
]
ALLOWED = [
    add(models.IntegerField(null=True)),
    add(models.IntegerField(default=3, db_default=3)),
    add(models.DateTimeField(default=timezone.now, null=True)),
    alter("first_name", models.CharField(max_length=120)),
    migrations.AddIndex("contact", models.Index(fields=["city"], name="by_city")),
    PYTHON,
    ForgetField("contact", "phone"),
    DropForgotten("crm_contact", "fax", forgotten_in=("crm", "0001_initial")),
]


def test_no_migration_of_the_product_blocks_companies() -> None:
    assert [str(fault) for fault in faults(plan())] == []


@pytest.mark.parametrize(("operations", "expected"), REFUSED)
def test_what_blocks_is_refused(operations: list[Any], expected: list[str]) -> None:
    assert rules(*operations) == expected


@pytest.mark.parametrize("operation", ALLOWED, ids=lambda one: one.describe())
def test_what_does_not_is_not(operation: Any) -> None:
    assert rules(operation) == []


def test_a_written_reason_opens_the_way() -> None:
    rename = migrations.RenameField("contact", "first_name", "given")

    assert rules(rename, fleet_allows={"rename": REASON}) == []
    assert rules(rename, fleet_allows={"rename": "because"}) == ["reason"]
    assert rules(rename, fleet_allows={"type": REASON}) == ["rename"]


def test_a_migration_without_a_transaction_is_refused() -> None:
    assert rules(PYTHON, atomic=False) == ["atomic"]


def test_a_fault_says_where_it_is() -> None:
    applied = [(one.app_label, one.name) for one in plan()]
    (fault,) = faults([a_migration(migrations.RemoveField("contact", "phone"))], applied=applied)

    assert str(fault).startswith("crm.9001_made_up: Remove field phone from contact: code that is still served")
