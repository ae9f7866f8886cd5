"""The REST resource `sandboxes`: for programs with a key of an owner."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from tenants.directory.models import Company
from tenants.directory.queries import company_tenant
from tenants.fleet.copies.actions import SANDBOX_DAYS
from tenants.identity.sandboxes import actions, queries
from tenants.kernel import context
from tenants.records.deploying.comparing import Difference, differences
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["Sandboxes"])


class SandboxIn(Strict):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    slug: str = Field(description="Its address: 3 to 40 small letters, digits and hyphens")
    name: str = Field("", max_length=120)
    days: int = Field(SANDBOX_DAYS, description="How long it stands")


class SandboxOut(Schema):
    id: UUID
    name: str
    slug: str
    status: str
    url: str
    copied_at: datetime | None
    expires_at: datetime | None


class SandboxesOut(Schema):
    items: list[SandboxOut]


class BegunOut(Schema):
    operation_id: UUID
    state: str


class ChangedFieldOut(Schema):
    name: str
    here: Any = Field(description="In the company")
    there: Any = Field(description="In the sandbox")
    is_conflict: bool


class ChangeOut(Schema):
    id: str
    part: str
    title: str
    verb: Literal["added", "changed", "removed"]
    is_conflict: bool = Field(description="Changed in the company too since the sandbox was made")
    fields: list[ChangedFieldOut]
    warns: str


class ChangesOut(Schema):
    items: list[ChangeOut]


class DeploymentIn(Strict):
    changes: list[str] = Field(min_length=1, description="Ids of changes")


class DeploymentOut(Schema):
    job_id: UUID


def _out(one: Company) -> SandboxOut:
    names = ("id", "name", "slug", "status", "copied_at", "expires_at")
    url = company_tenant(one.pk).base_url if one.status == "active" else ""
    return SandboxOut(url=url, **{name: getattr(one, name) for name in names})


def _change(one: Difference) -> ChangeOut:
    fields = [ChangedFieldOut(name=f.name, here=f.here, there=f.there, is_conflict=f.is_conflict) for f in one.fields]
    warns = str(one.part.warns) if one.verb == "removed" else ""
    return ChangeOut(
        id=one.id, part=one.part.name, title=one.title, verb=one.verb, is_conflict=one.is_conflict, fields=fields,
        warns=warns,
    )  # fmt: skip


@router.get("", response={200: SandboxesOut, **REFUSALS}, operation_id="list_sandboxes")
def listing(request: HttpRequest) -> Any:
    queries.require_owner(context.actor())
    return {"items": [_out(one) for one in queries.sandboxes()]}


@router.post("", response={202: BegunOut, **REFUSALS}, operation_id="create_sandbox")
def create(request: HttpRequest, body: SandboxIn) -> Any:
    """A copy of the company that no mail and no call leaves; it is listed once it is open."""
    operation = actions.make_sandbox(by=context.actor(), **body.dict())
    return Status(202, {"operation_id": operation.pk, "state": operation.state})


@router.post("/{uuid:sandbox_id}/refreshment", response={202: BegunOut, **REFUSALS}, operation_id="refill_sandbox")
def refresh(request: HttpRequest, sandbox_id: UUID) -> Any:
    """As the company is now; what was tried out in it goes."""
    operation = actions.refresh_sandbox(sandbox=queries.sandbox_by_id(sandbox_id), by=context.actor())
    return Status(202, {"operation_id": operation.pk, "state": operation.state})


@router.delete("/{uuid:sandbox_id}", response={202: BegunOut, **REFUSALS}, operation_id="delete_sandbox")
def drop(request: HttpRequest, sandbox_id: UUID) -> Any:
    operation = actions.drop_sandbox(sandbox=queries.sandbox_by_id(sandbox_id), by=context.actor())
    return Status(202, {"operation_id": operation.pk, "state": operation.state})


@router.get("/{uuid:sandbox_id}/changes", response={200: ChangesOut, **REFUSALS}, operation_id="list_sandbox_changes")
def changes(request: HttpRequest, sandbox_id: UUID) -> Any:
    """How the sandbox is set up otherwise than the company, in the order in which it is applied."""
    queries.require_owner(context.actor())
    return {"items": [_change(one) for one in differences(queries.sandbox_by_id(sandbox_id))]}


@router.post(
    "/{uuid:sandbox_id}/deployments", response={202: DeploymentOut, **REFUSALS}, operation_id="deploy_sandbox"
)  # fmt: skip
def deploy(request: HttpRequest, sandbox_id: UUID, body: DeploymentIn, response: HttpResponse) -> Any:
    """Apply some of the changes, as a job that can be undone."""
    sandbox = queries.sandbox_by_id(sandbox_id)
    job = actions.deploy_from(sandbox=sandbox, chosen=body.changes, by=context.actor())
    response["Location"] = f"/api/v1/jobs/{job.pk}"
    return Status(202, {"job_id": job.pk})
