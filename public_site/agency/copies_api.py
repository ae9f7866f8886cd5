"""Copies, sandboxes, packages and the operations that make them, in the agency's API."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from public_site.agency.access import require_member
from public_site.agency.api import REFUSALS
from public_site.agency.models import AgencyMember, AgencyTab
from public_site.agency.queries import company_for, operation_for
from public_site.copying.desks import package_of
from tenants.directory.models import Company
from tenants.fleet.copies import keeping
from tenants.fleet.copies.actions import (
    SANDBOX_DAYS,
    clone_company,
    drop_sandbox,
    export_company,
    import_company,
    make_sandbox,
    refresh_sandbox,
)
from tenants.fleet.models import Operation
from tenants.fleet.operations.actions import ask_to_stop
from tenants.fleet.operations.queries import OperationView
from tenants.kernel import context
from tenants.kernel.errors import DomainError
from tenants.records.schemas import Strict

copies = Router(tags=["Copies"])
packages = Router(tags=["Copies"])
operations = Router(tags=["Operations"])


class CopyIn(Strict):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    slug: str = Field(description="Its address: 3 to 40 small letters, digits and hyphens")
    name: str = Field("", max_length=120)
    kind: Literal["clone", "shape", "sandbox"] = Field(
        "clone", description="Everything; how it is set up alone; everything in a sandbox that nothing leaves"
    )
    days: int = Field(SANDBOX_DAYS, description="How long a sandbox stands")


class ExportIn(Strict):
    passphrase: str = Field("", max_length=200, description="Seals the package; secrets come along then")


class ImportIn(Schema):
    slug: str
    name: str = Field("", max_length=120)
    passphrase: str = Field("", max_length=200)


class StepOut(Schema):
    label: str
    state: Literal["done", "running", "failed", "waiting"]


class OperationOut(Schema):
    id: UUID
    kind: str
    state: Literal["waiting", "running", "done", "failed", "stopped"]
    company_id: UUID | None
    subject: str
    steps: list[StepOut]
    done: int
    total: int
    result: dict[str, Any]
    error: str
    created_at: datetime
    ended_at: datetime | None


def operation_out(row: Operation) -> OperationOut:
    same = (
        "id",
        "kind",
        "state",
        "company_id",
        "subject",
        "done",
        "total",
        "result",
        "error",
        "created_at",
        "ended_at",
    )
    steps = [StepOut(label=one.label, state=one.state) for one in OperationView(row).steps]
    return OperationOut(steps=steps, **{name: getattr(row, name) for name in same})


def _member(request: HttpRequest) -> AgencyMember:
    return require_member(request, AgencyTab.COMPANIES, all_companies=True)


def _company(request: HttpRequest, company_id: UUID) -> Company:
    return company_for(_member(request), company_id)


def _begun(operation: Operation, response: HttpResponse) -> Any:
    response["Location"] = f"/api/v1/operations/{operation.pk}"
    return Status(202, operation_out(operation))


BEGUN = {202: OperationOut, **REFUSALS}


@copies.post("/{company_id}/copies", response=BEGUN, operation_id="copy_company")
def copy_company(request: HttpRequest, company_id: UUID, body: CopyIn, response: HttpResponse) -> Any:
    """A second company like this one, or a sandbox of it; watch the operation that makes it."""
    values: dict[str, Any] = {
        "company": _company(request, company_id),
        "slug": body.slug,
        "name": body.name,
        "by": context.actor(),
    }
    if body.kind == "sandbox":
        return _begun(make_sandbox(**values, days=body.days), response)
    return _begun(clone_company(**values, with_records=body.kind == "clone"), response)


@copies.post("/{company_id}/refreshment", response=BEGUN, operation_id="refresh_sandbox")
def refresh(request: HttpRequest, company_id: UUID, response: HttpResponse) -> Any:
    """Fill a sandbox anew from its company; what was tried out in it goes."""
    return _begun(refresh_sandbox(sandbox=_company(request, company_id), by=context.actor()), response)


@copies.delete("/{company_id}/sandbox", response=BEGUN, operation_id="drop_sandbox")
def drop(request: HttpRequest, company_id: UUID, response: HttpResponse) -> Any:
    """Take a sandbox away. A company that is none is refused."""
    return _begun(drop_sandbox(sandbox=_company(request, company_id), by=context.actor()), response)


@copies.post("/{company_id}/packages", response=BEGUN, operation_id="export_company")
def export(request: HttpRequest, company_id: UUID, response: HttpResponse, body: ExportIn | None = None) -> Any:
    """A package that another installation takes in; fetch it from the operation once it is done."""
    passphrase = body.passphrase if body else ""
    company = _company(request, company_id)
    return _begun(export_company(company=company, by=context.actor(), passphrase=passphrase), response)


@packages.post("", response=BEGUN, operation_id="import_company")
def bring_in(request: HttpRequest, response: HttpResponse, file: File[UploadedFile], body: Form[ImportIn]) -> Any:
    """A company out of a package. What cannot come in is refused before anything is made."""
    agency = _member(request).agency
    package = keeping.taken_in(iter(file.chunks()))
    try:
        operation = import_company(package=package, agency=agency, by=context.actor(), **body.dict())
    except DomainError:
        keeping.drop(package)
        raise
    return _begun(operation, response)


@operations.get("/{operation_id}", response={200: OperationOut, **REFUSALS}, operation_id="get_operation")
def get_operation(request: HttpRequest, operation_id: UUID) -> Any:
    return operation_out(operation_for(require_member(request, AgencyTab.COMPANIES), operation_id))


@operations.post("/{operation_id}/stop", response={200: OperationOut, **REFUSALS}, operation_id="stop_operation")
def stop_operation(request: HttpRequest, operation_id: UUID) -> Any:
    """It clears up between two pieces of its work and ends."""
    found = operation_for(_member(request), operation_id)
    ask_to_stop(operation=found, by=context.actor())
    return operation_out(found)


@operations.post("/{operation_id}/package", response={200: None, **REFUSALS}, operation_id="fetch_package")
def fetch_package(request: HttpRequest, operation_id: UUID) -> Any:
    """The package of an export, as a ZIP: once, then it is gone here."""
    return package_of(operation_for(_member(request), operation_id))
