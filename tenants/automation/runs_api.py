"""Runs, backtests and secrets of workflows over the API."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from tenants.automation import actions, enrolling, queries
from tenants.automation.describing import run_shown
from tenants.automation.models import AutomationSecret, Enrolment
from tenants.automation.schemas import (
    EnrolmentDetail,
    EnrolmentOut,
    WorkflowSecretIn,
    WorkflowSecretOut,
    WorkflowSecretsOut,
)
from tenants.kernel import context
from tenants.kernel.errors import NotFound
from tenants.records.api import REFUSALS
from tenants.records.jobs.api import JobOut
from tenants.records.jobs.queries import job_for

runs = Router(tags=["Workflows"])
backtests = Router(tags=["Workflows"])
secrets = Router(tags=["Workflows"])


class BacktestOut(Schema):
    job: JobOut
    result: dict[str, Any] = Field(description="Filled when the job is done; see infra/docs/automation.md")


def _run(enrolment_id: UUID) -> Enrolment:
    return queries.enrolment_for(context.actor(), enrolment_id)


@runs.get(
    "/{uuid:enrolment_id}", response={200: EnrolmentDetail, **REFUSALS}, operation_id="get_enrolment", by_alias=False
)
def get_run(request: HttpRequest, enrolment_id: UUID) -> Any:
    """With each step's inputs, outputs and errors."""
    found = _run(enrolment_id)
    return run_shown(found) | {"variables": found.variables, "steps": list(queries.steps_of(found))}


@runs.post(
    "/{uuid:enrolment_id}/retry", response={200: EnrolmentOut, **REFUSALS}, operation_id="retry_enrolment",
    by_alias=False,
)  # fmt: skip
def retry(request: HttpRequest, enrolment_id: UUID) -> Any:
    """Again from the step that failed."""
    return run_shown(enrolling.retry(enrolment=_run(enrolment_id), by=context.actor()))


@runs.post(
    "/{uuid:enrolment_id}/stop", response={200: EnrolmentOut, **REFUSALS}, operation_id="stop_enrolment",
    by_alias=False,
)  # fmt: skip
def stop(request: HttpRequest, enrolment_id: UUID) -> Any:
    return run_shown(enrolling.stop(enrolment=_run(enrolment_id), by=context.actor()))


@runs.post(
    "/{uuid:enrolment_id}/skip", response={200: EnrolmentOut, **REFUSALS}, operation_id="skip_enrolment_wait",
    by_alias=False,
)  # fmt: skip
def skip(request: HttpRequest, enrolment_id: UUID) -> Any:
    """The delay is over now; what waits for something goes on as if its time had run out."""
    return run_shown(enrolling.skip_wait(enrolment=_run(enrolment_id), by=context.actor()))


@backtests.get(
    "/{uuid:job_id}", response={200: BacktestOut, **REFUSALS}, operation_id="get_workflow_backtest", by_alias=False
)
def backtest(request: HttpRequest, job_id: UUID) -> Any:
    actor = context.actor()
    queries.require_keeper(actor)
    job = job_for(actor, job_id)
    if job.kind != "backtest":
        raise NotFound("There is no such backtest.")
    return {"job": job, "result": job.result or {}}


@secrets.get("", response={200: WorkflowSecretsOut, **REFUSALS}, operation_id="list_workflow_secrets")
def list_secrets(request: HttpRequest) -> Any:
    """Names only."""
    queries.require_keeper(context.actor())
    return {"items": list(queries.secrets())}


@secrets.put("", response={200: WorkflowSecretOut, **REFUSALS}, operation_id="set_workflow_secret")
def set_secret(request: HttpRequest, body: WorkflowSecretIn) -> Any:
    """Keep a value for `{{secrets.NAME}}`; nobody reads it again."""
    return actions.set_secret(name=body.name, value=body.value, by=context.actor())


@secrets.delete("/{uuid:secret_id}", response={204: None, **REFUSALS}, operation_id="remove_workflow_secret")
def remove_secret(request: HttpRequest, secret_id: UUID) -> HttpResponse:
    queries.require_keeper(context.actor())
    found = AutomationSecret.objects.filter(pk=secret_id).first()
    if not found:
        raise NotFound("There is no such secret.")
    actions.remove_secret(secret=found, by=context.actor())
    return HttpResponse(status=204)
