"""Fleet commands in the agency's API: one thing done to many of its companies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from public_site.agency.access import require_member
from public_site.agency.models import AgencyTab
from public_site.commanding import command_for_agencies
from tenants.directory.models import Agency
from tenants.fleet.commands.actions import CANARY, STOP_AFTER, begin_command
from tenants.fleet.commands.queries import lines_of, run_by_id
from tenants.fleet.commands.registry import FleetCommand, commands
from tenants.fleet.models import Operation
from tenants.kernel import context
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
MOST_LINES = 1000
router = Router(tags=["Fleet commands"])


class FleetArgumentOut(Schema):
    name: str
    label: str
    default: str
    choices: list[str] | None


class FleetCommandOut(Schema):
    name: str
    label: str
    text: str
    can_be_taken_back: bool
    arguments: list[FleetArgumentOut]


class FleetRunIn(Strict):
    values: dict[str, str] = Field(default_factory=dict, description="The command's arguments.")
    companies: list[str] = Field(default_factory=list, max_length=1000, description="Slugs; empty: all companies.")
    is_dry: bool = Field(True, description="Say what would change, change nothing.")
    canary: str = Field(CANARY, description="How many go first: a number, or a part like 5%.", max_length=8)
    stop_after: int = Field(STOP_AFTER, ge=1, le=100_000, description="Failures at which all is taken back.")


class FleetLineOut(Schema):
    company_id: UUID
    company: str
    state: str
    told: str
    took_ms: float


class FleetRunOut(Schema):
    id: UUID
    command: str
    state: str
    is_dry: bool
    error: str
    created_at: datetime
    ended_at: datetime | None
    lines: list[FleetLineOut] = Field(description="One for each company, at most 1,000.")


@router.get("", response={200: list[FleetCommandOut], **REFUSALS}, operation_id="list_fleet_commands")
def list_fleet_commands(request: HttpRequest) -> Any:
    _agency(request)
    return [_shown(one) for one in commands(for_agencies=True)]


@router.post("/{name}/runs", response={202: FleetRunOut, **REFUSALS}, operation_id="run_fleet_command")
def run_fleet_command(request: HttpRequest, name: str, body: FleetRunIn, response: HttpResponse) -> Any:
    """Begin it. Without `is_dry: false` nothing is changed."""
    agency = _agency(request)
    command = command_for_agencies(name)
    begun = begin_command(
        name=command.name, values=body.values, selection={"companies": body.companies}, by=context.actor(),
        is_dry=body.is_dry, canary=body.canary, stop_after=body.stop_after, agency=agency,
    )  # fmt: skip
    response["Location"] = f"/api/v1/fleet-commands/runs/{begun.pk}"
    return Status(202, _told(begun))


@router.get("/runs/{run_id}", response={200: FleetRunOut, **REFUSALS}, operation_id="get_fleet_run")
def get_fleet_run(request: HttpRequest, run_id: UUID) -> Any:
    return _told(run_by_id(run_id, agency_id=_agency(request).pk))


def _agency(request: HttpRequest) -> Agency:
    return require_member(request, AgencyTab.COMPANIES, owner=True).agency


def _shown(command: FleetCommand) -> dict[str, Any]:
    arguments = [
        {"name": one.name, "label": str(one.label), "default": one.default,
         "choices": [value for value, _label in one.choices()] if one.choices else None}
        for one in command.arguments
    ]  # fmt: skip
    return {
        "name": command.name, "label": str(command.label), "text": str(command.text),
        "can_be_taken_back": command.can_be_taken_back, "arguments": arguments,
    }  # fmt: skip


def _told(operation: Operation) -> dict[str, Any]:
    lines = [
        {"company_id": one.company_id, "company": one.subject, "state": one.state, "told": one.told,
         "took_ms": one.took_ms}
        for one in lines_of(operation)[:MOST_LINES]
    ]  # fmt: skip
    return {
        "id": operation.pk, "command": operation.arguments["command"], "state": operation.state,
        "is_dry": operation.arguments["is_dry"], "error": operation.error, "created_at": operation.created_at,
        "ended_at": operation.ended_at, "lines": lines,
    }  # fmt: skip
