"""Backups of the agency's companies over its API: made, kept by a rule, restored beside, swapped."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from public_site.agency.access import require_member
from public_site.agency.backup_schemas import (
    BackupListIn,
    BackupOperationOut,
    BackupOut,
    BackupPage,
    BackupRuleIn,
    BackupRuleOut,
    CopyIn,
    CopyOut,
    PickedOut,
    PickIn,
    PreviewOut,
    backup_out,
    copy_out,
    operation_out,
    picked_out,
    preview_out,
)
from public_site.agency.models import AgencyTab
from public_site.agency.queries import company_for
from tenants.directory.models import Company
from tenants.fleet.backups.actions import begin_backup, delete_backup, drop_rule, set_rule
from tenants.fleet.backups.queries import backup_of, backups_of, rule_of
from tenants.fleet.models import Operation
from tenants.fleet.operations.queries import operations_of
from tenants.fleet.restoring.actions import begin_discard, begin_restore, begin_swap
from tenants.fleet.restoring.models import Restore
from tenants.fleet.restoring.queries import restore_beside
from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.restoring.actions import pick_records
from tenants.records.restoring.queries import preview_of
from tenants.records.schemas import Problem

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
BEGUN: dict[Any, Any] = {202: BackupOperationOut, **REFUSALS}
KINDS = ("backup", "restore", "swap", "discard")
backups = Router(tags=["Backups"])


def _company(request: HttpRequest, company_id: UUID) -> Company:
    return company_for(require_member(request, AgencyTab.COMPANIES), company_id)


def _copy(company: Company) -> Restore:
    found = restore_beside(company.pk)
    if not found:
        raise NotFound("Nothing is beside this company.")
    return found


def _begun(operation: Operation) -> Any:
    return Status(202, operation_out(operation))


@backups.get("/{company_id}/backups", response={200: BackupPage, **REFUSALS}, operation_id="list_backups")
def list_backups(request: HttpRequest, company_id: UUID, asked: Query[BackupListIn]) -> Any:
    """Newest first."""
    found = backups_of(_company(request, company_id).pk)
    if asked.cursor:
        found = found.filter(pk__lt=_cursor(asked.cursor))
    rows = list(found[: asked.limit + 1])
    rows, is_more = rows[: asked.limit], len(rows) > asked.limit
    return {"items": [backup_out(row) for row in rows], "next": str(rows[-1].pk) if is_more else None}


def _cursor(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid({"cursor": ["This cursor is not one of ours. Start again without it."]}) from error


@backups.post("/{company_id}/backups", response=BEGUN, operation_id="create_backup")
def create_backup(request: HttpRequest, company_id: UUID) -> Any:
    """Have one made now."""
    return _begun(begin_backup(company=_company(request, company_id), by=context.actor()))


@backups.get("/{company_id}/backups/rule", response={200: BackupRuleOut, **REFUSALS}, operation_id="get_backup_rule")
def get_backup_rule(request: HttpRequest, company_id: UUID) -> Any:
    """What holds for the company, whoever set it."""
    return rule_of(_company(request, company_id)).__dict__


@backups.put("/{company_id}/backups/rule", response={200: BackupRuleOut, **REFUSALS}, operation_id="set_backup_rule")
def set_backup_rule(request: HttpRequest, company_id: UUID, body: BackupRuleIn) -> Any:
    company = _company(request, company_id)
    set_rule(scope=company, by=context.actor(), **body.dict())
    return rule_of(company).__dict__


@backups.delete(
    "/{company_id}/backups/rule", response={200: BackupRuleOut, **REFUSALS}, operation_id="drop_backup_rule"
)
def drop_backup_rule(request: HttpRequest, company_id: UUID) -> Any:
    """The company follows the agency, the plan, the platform again."""
    company = _company(request, company_id)
    drop_rule(scope=company, by=context.actor())
    return rule_of(company).__dict__


@backups.get("/{company_id}/backups/{backup_id}", response={200: BackupOut, **REFUSALS}, operation_id="get_backup")
def get_backup(request: HttpRequest, company_id: UUID, backup_id: UUID) -> Any:
    return backup_out(backup_of(_company(request, company_id).pk, backup_id))


@backups.delete("/{company_id}/backups/{backup_id}", response={204: None, **REFUSALS}, operation_id="delete_backup")
def remove_backup(request: HttpRequest, company_id: UUID, backup_id: UUID) -> Any:
    found = backup_of(_company(request, company_id).pk, backup_id)
    delete_backup(backup=found, by=context.actor())
    return Status(204, None)


@backups.get(
    "/{company_id}/backup-operations/{operation_id}",
    response={200: BackupOperationOut, **REFUSALS},
    operation_id="get_backup_operation",
)
def get_backup_operation(request: HttpRequest, company_id: UUID, operation_id: UUID) -> Any:
    company = _company(request, company_id)
    found = operations_of(company.pk).filter(pk=operation_id, kind__in=KINDS).first()
    if not found:
        raise NotFound("No such operation")
    return operation_out(found)


@backups.post("/{company_id}/copy", response=BEGUN, operation_id="create_copy")
def create_copy(request: HttpRequest, company_id: UUID, body: CopyIn) -> Any:
    """Have a backup restored beside the company, which goes on unchanged."""
    company = _company(request, company_id)
    found = backup_of(company.pk, body.backup_id)
    return _begun(begin_restore(company=company, backup=found, by=context.actor()))


@backups.get("/{company_id}/copy", response={200: CopyOut, **REFUSALS}, operation_id="get_copy")
def get_copy(request: HttpRequest, company_id: UUID) -> Any:
    return copy_out(_copy(_company(request, company_id)))


@backups.get("/{company_id}/copy/differences", response={200: PreviewOut, **REFUSALS}, operation_id="compare_copy")
def compare_copy(request: HttpRequest, company_id: UUID) -> Any:
    """What a swap would change, counted by record type."""
    company = _company(request, company_id)
    return preview_out(preview_of(company, _copy(company)))


@backups.post("/{company_id}/copy/swap", response=BEGUN, operation_id="swap_copy")
def swap_copy(request: HttpRequest, company_id: UUID) -> Any:
    """The copy takes the company's place, and what was in use is beside it; once more: back."""
    company = _company(request, company_id)
    return _begun(begin_swap(company=company, restore=_copy(company), by=context.actor()))


@backups.post("/{company_id}/copy/records", response={200: list[PickedOut], **REFUSALS}, operation_id="pick_records")
def pick_from_copy(request: HttpRequest, company_id: UUID, body: PickIn) -> Any:
    """Make single records of the company what they are in the copy, each by itself."""
    company = _company(request, company_id)
    wanted = [(one.record_type, one.id) for one in body.records]
    done = pick_records(company=company, restore=_copy(company), wanted=wanted, by=context.actor())
    return [picked_out(one) for one in done]


@backups.delete("/{company_id}/copy", response=BEGUN, operation_id="discard_copy")
def discard_copy(request: HttpRequest, company_id: UUID) -> Any:
    """Have what is beside the company taken away."""
    company = _company(request, company_id)
    return _begun(begin_discard(company=company, restore=_copy(company), by=context.actor()))
