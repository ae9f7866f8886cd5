"""Many writes in one request: each line stands for itself, and none stops the others."""

from typing import Any

from django.db import transaction

from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError, Invalid, NotFound
from tenants.kernel.problems import problem
from tenants.records import actions
from tenants.records.queries import record_for, require
from tenants.records.registry import RecordType
from tenants.records.schemas import Operation, flat


def run_batch(record_type: RecordType, operations: list[Operation], by: Actor) -> dict[str, Any]:
    results = [_result(record_type, index, one, by) for index, one in enumerate(operations)]
    failed = sum("problem" in one for one in results)
    return {"results": results, "succeeded": len(results) - failed, "failed": failed}


def _result(record_type: RecordType, index: int, operation: Operation, by: Actor) -> dict[str, Any]:
    try:
        with transaction.atomic():
            status, record = RUNNERS[operation.op](record_type, operation, by)
    except DomainError as error:
        return {"index": index, "status": error.status, "problem": problem(error)}
    return {"index": index, "status": status, "id": record.pk, "version": record.version}


def _create(record_type: RecordType, operation: Operation, by: Actor) -> tuple[int, Any]:
    require(by, "view", record_type.name)  # as where one is made
    values = flat(dict(operation.values))
    if operation.external_id:
        values["external_id"] = operation.external_id
    return 201, actions.create_record(record_type=record_type, values=record_type.initial(by) | values, by=by)


def _update(record_type: RecordType, operation: Operation, by: Actor) -> tuple[int, Any]:
    found = _meant(record_type, operation, by)
    values = flat(dict(operation.values))
    return 200, actions.update_record(record=found, values=values, by=by, version=operation.version)


def _upsert(record_type: RecordType, operation: Operation, by: Actor) -> tuple[int, Any]:
    if not operation.external_id:
        raise Invalid({"external_id": ["An upsert needs the external id."]})
    made, is_new = actions.upsert_record(
        record_type=record_type, external_id=operation.external_id, values=flat(dict(operation.values)), by=by
    )
    return 201 if is_new else 200, made


def _delete(record_type: RecordType, operation: Operation, by: Actor) -> tuple[int, Any]:
    found = _meant(record_type, operation, by)
    actions.delete_record(record=found, by=by)
    return 204, found


def _restore(record_type: RecordType, operation: Operation, by: Actor) -> tuple[int, Any]:
    if not operation.id:
        raise Invalid({"id": ["Say which record."]})
    found = actions.bin_record_for(by, record_type, operation.id)
    actions.restore_record(record=found, by=by)
    return 200, record_for(by, record_type, found.pk)


def _meant(record_type: RecordType, operation: Operation, by: Actor) -> Any:
    """The record a line names, by id or by external id."""
    if operation.id:
        return record_for(by, record_type, operation.id)
    found = actions.record_by_external_id(by, record_type, operation.external_id) if operation.external_id else None
    if not found:
        raise NotFound("Name the record by id or external_id.", field="id")
    return found


RUNNERS = {"create": _create, "update": _update, "upsert": _upsert, "delete": _delete, "restore": _restore}
