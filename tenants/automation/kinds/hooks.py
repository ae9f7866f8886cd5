"""The record that an inbound webhook is about: found by a field, or made from what it says."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tenants.automation.definition.scopes import step_into
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import DomainError
from tenants.kernel.logs import logger
from tenants.records.actions import create_record, update_record
from tenants.records.models import Event
from tenants.records.operators import OPERATORS, Asked
from tenants.records.registry import RecordType, type_named

log = logger(__name__)


def record_of(params: Mapping[str, Any], event: Event) -> UUID | None:
    """None where nothing fits, or what it says cannot be taken. An event met twice finds what it made.

    Works as the house: whoever set the hook up decided what it may write.
    """
    record_type = type_named(str(params["record_type"]))
    payload = event.payload.get("payload")
    values = {name: at(payload, str(path)) for name, path in (params.get("values") or {}).items()}
    values = {name: value for name, value in values.items() if value not in (None, "")}
    actor = robot(f"Webhook: {event.payload.get('hook', '')}"[:120])
    try:
        with context.acting(actor):
            return _found_or_made(record_type, params, payload, values, actor)
    except DomainError as error:
        log.warning("inbound webhook fits no record", event_id=str(event.pk), error=str(error))
        return None


def _found_or_made(
    record_type: RecordType, params: Mapping[str, Any], payload: Any, values: dict[str, Any], actor: Any
) -> UUID | None:
    name = str(params.get("match") or "")
    wanted = at(payload, str(params.get("match_path") or "")) if name else None
    found = _find(record_type, name, wanted, actor) if wanted not in (None, "") else None
    if found is not None:
        if values:
            update_record(record=found, values=values, by=actor)
        return found.pk  # type: ignore[no-any-return]
    if not params.get("creates", True):
        return None
    given = record_type.initial(actor) | values
    if name in record_type.writable and wanted not in (None, ""):
        given.setdefault(name, wanted)
    return create_record(record_type=record_type, values=given, by=actor).pk  # type: ignore[no-any-return]


def _find(record_type: RecordType, name: str, wanted: Any, actor: Any) -> Any:
    condition = OPERATORS["is"](Asked(record_type.field(name), "", wanted, actor))
    rows = record_type.model._default_manager.filter(condition, deleted_at=None)
    return rows.order_by("-updated_at").first()


def at(payload: Any, path: str) -> Any:
    """What stands at `contact.emails.0` of a payload; None where the path leads nowhere."""
    value = payload
    for name in path.split(".") if path else ():
        value = step_into(value, name)
        if value is None:
            return None
    return value
