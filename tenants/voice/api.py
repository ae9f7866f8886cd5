"""The API of phone calls: place, watch, end, log, fetch the recording. Lists are at /calls."""

from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Status
from ninja.params.functions import Header

from tenants.directory.hosts import tenant_now
from tenants.kernel import context
from tenants.records.api import REFUSALS
from tenants.records.queries import record_for
from tenants.records.registry import type_named
from tenants.voice import actions
from tenants.voice.models import Call
from tenants.voice.schemas import LoggedCallIn, PhoneCallIn, PhoneCallOut

RequestKey = Annotated[str, Header(alias="Idempotency-Key", max_length=255)]
router = Router(tags=["Phone calls"])


def to_api(call: Call) -> dict[str, Any]:
    shown = {name: _plain(getattr(call, name)) for name in PhoneCallOut.model_fields if hasattr(call, name)}
    path = reverse("voice:recording", args=[call.pk])
    return shown | {
        "is_final": not call.is_open,
        "record_type": call.about_type,
        "record_id": call.about_id,
        "recording_url": f"{tenant_now().base_url}{path}" if call.recording else "",
    }


def _plain(value: Any) -> Any:
    """A row just made still holds its choices as enums."""
    return value.value if isinstance(value, Enum) else value


def _call(call_id: UUID) -> Call:
    found: Call = record_for(context.actor(), type_named("calls"), call_id)
    return found


def _record(body: PhoneCallIn) -> Any:
    return record_for(context.actor(), type_named(body.record_type), body.record_id)


@router.post("", response={202: PhoneCallOut, **REFUSALS}, operation_id="place_phone_call")
def place(request: HttpRequest, body: PhoneCallIn, idempotency_key: RequestKey = "") -> Any:
    """Ring your phone, then theirs. The same `Idempotency-Key` twice is one call."""
    call = actions.place_call(record=_record(body), to=body.to, by=context.actor(), request_key=idempotency_key)
    return Status(202, to_api(call))


@router.post("/log", response={201: PhoneCallOut, **REFUSALS}, operation_id="log_phone_call")
def log(request: HttpRequest, body: LoggedCallIn) -> Any:
    """Write down a call that was made by other means."""
    values = body.model_dump(exclude={"record_type", "record_id"})
    return Status(201, to_api(actions.log_call(record=_record(body), by=context.actor(), **values)))


@router.get("/{call_id}", response={200: PhoneCallOut, **REFUSALS}, operation_id="get_phone_call")
def show(request: HttpRequest, call_id: UUID) -> Any:
    return to_api(_call(call_id))


@router.post("/{call_id}/end", response={202: PhoneCallOut, **REFUSALS}, operation_id="end_phone_call")
def end(request: HttpRequest, call_id: UUID) -> Any:
    """Hang up, where the provider can; 409 where it cannot."""
    return Status(202, to_api(actions.end_call(call=_call(call_id), by=context.actor())))
