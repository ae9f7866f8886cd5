"""What the routes of backups take and give."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from tenants.fleet.backups.models import Backup
from tenants.fleet.models import Operation
from tenants.fleet.operations.queries import OperationView
from tenants.fleet.restoring.models import Restore
from tenants.records.restoring.actions import MOST, Picked
from tenants.records.restoring.queries import Preview, Sample
from tenants.records.schemas import Strict


class BackupOut(Schema):
    id: UUID
    made_at: datetime | None = Field(description="The moment it shows; null while it is being made")
    cause: Literal["schedule", "asked"]
    state: Literal["making", "kept", "failed"]
    rows: int
    files: int
    size: int = Field(description="Bytes, packed and sealed")
    checked_at: datetime | None
    fault: str = Field(description="What the last check found; empty: nothing")


class BackupPage(Schema):
    items: list[BackupOut]
    next: str | None = None


class BackupListIn(Schema):
    cursor: str = Field("", description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


class BackupRuleOut(Schema):
    is_on: bool
    hour: int | None = Field(description="In the company's time zone; null: some time of its night")
    daily: int
    weekly: int
    monthly: int


class BackupRuleIn(Strict):
    """How many days, weeks and months keep their newest backup."""

    is_on: bool = True
    hour: int | None = None
    daily: int = 7
    weekly: int = 4
    monthly: int = 6


class BackupOperationOut(Schema):
    """Work under way; ask for it again until `state` is done, failed or stopped."""

    id: UUID
    kind: str
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    step: str = Field(description="In words; empty after the last")
    done: int
    total: int = Field(description="0: not known")
    error: str
    result: dict[str, Any]


class CopyIn(Strict):
    backup_id: UUID


class CopyOut(Schema):
    """What is beside the company."""

    id: UUID
    backup_id: UUID
    made_at: datetime = Field(description="The moment that the backup shows")
    state: Literal["making", "beside", "swapped", "gone"]
    rows: int
    is_exact: bool
    swapped_at: datetime | None
    expires_at: datetime | None


class SampleOut(Schema):
    id: UUID
    title: str


class TypeDifferenceOut(Schema):
    record_type: str
    added: int = Field(description="Only in the copy: a swap brings them back")
    changed: int
    removed: int = Field(description="Only in the company: a swap puts them aside")
    added_samples: list[SampleOut]
    changed_samples: list[SampleOut]
    removed_samples: list[SampleOut]


class TableDifferenceOut(Schema):
    table: str
    added: int
    changed: int
    removed: int


class PreviewOut(Schema):
    types: list[TypeDifferenceOut]
    others: list[TableDifferenceOut]


class RecordRef(Strict):
    record_type: str = Field(max_length=60)
    id: UUID


class PickIn(Strict):
    records: list[RecordRef] = Field(min_length=1, max_length=MOST)


class PickedOut(Schema):
    record_type: str
    id: UUID
    title: str
    outcome: str = Field(description="created, updated, same, or what stood in the way")


def backup_out(row: Backup) -> dict[str, Any]:
    same = ("made_at", "cause", "state", "rows", "files", "size", "checked_at", "fault")
    return {"id": row.pk} | {name: getattr(row, name) for name in same}


def copy_out(row: Restore) -> dict[str, Any]:
    same = ("backup_id", "made_at", "state", "rows", "is_exact", "swapped_at", "expires_at")
    return {"id": row.pk} | {name: getattr(row, name) for name in same}


def operation_out(row: Operation) -> dict[str, Any]:
    steps = OperationView(row).steps
    step = steps[row.step].label if row.step < len(steps) else ""
    same = ("kind", "state", "done", "total", "error", "result")
    return {"id": row.pk, "step": step} | {name: getattr(row, name) for name in same}


def preview_out(found: Preview) -> dict[str, Any]:
    kinds = ("added", "changed", "removed")
    types = [
        {"record_type": one.record_type.name}
        | {kind: getattr(one.counts, kind) for kind in kinds}
        | {f"{kind}_samples": _samples(getattr(one, kind)) for kind in kinds}
        for one in found.types
    ]
    return {
        "types": types,
        "others": [{"table": one.table, **{k: getattr(one, k) for k in kinds}} for one in found.others],
    }


def _samples(found: list[Sample]) -> list[dict[str, Any]]:
    return [{"id": one.id, "title": one.title} for one in found]


def picked_out(one: Picked) -> dict[str, Any]:
    return {"record_type": one.record_type, "id": one.record_id, "title": one.title, "outcome": one.outcome}
