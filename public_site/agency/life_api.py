"""The agency's API about companies that come and go: closing, addresses, handovers, certificates of erasure."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from public_site.agency.access import require_member
from public_site.agency.api import REFUSALS
from public_site.agency.life_schemas import (
    AddressIn,
    ApprovalIn,
    CertificateOut,
    ClosureIn,
    SignedOut,
    TransferIn,
    TransferOut,
    certificate_out,
    transfer_out,
)
from public_site.agency.models import AgencyMember, AgencyTab
from public_site.agency.queries import company_for
from public_site.agency.schemas import CompanyOut, company_out
from tenants.directory.models import Company
from tenants.fleet.lifecycle.certificates import certificate_by_id, certificates_of
from tenants.fleet.lifecycle.closing import restore_company, retire_company
from tenants.fleet.lifecycle.renaming import rename_company
from tenants.fleet.lifecycle.transfers import (
    approve_transfer,
    ask_transfer,
    end_transfer,
    open_transfer_of,
    transfer_by_id,
    transfers_of,
)
from tenants.fleet.models import TransferState
from tenants.kernel import context
from tenants.kernel.errors import NotFound

MOST = 200
lives = Router(tags=["Companies"])
transfers = Router(tags=["Handovers"])
certificates = Router(tags=["Certificates of erasure"])


def _owned(request: HttpRequest, company_id: UUID) -> tuple[AgencyMember, Company]:
    """For what only an owner of the agency may do."""
    member = require_member(request, AgencyTab.COMPANIES, owner=True)
    return member, company_for(member, company_id)


@lives.post("/{company_id}/closure", response={200: CompanyOut, **REFUSALS}, operation_id="close_company")
def close_company(request: HttpRequest, company_id: UUID, body: ClosureIn) -> Any:
    """Close it for good: erased after so many days, until then it can be taken back."""
    member, company = _owned(request, company_id)
    retire_company(
        company=company, typed_name=body.confirm, reason=body.reason, days=body.days, by=context.actor()
    )  # fmt: skip
    return company_out(company_for(member, company_id))


@lives.delete("/{company_id}/closure", response={200: CompanyOut, **REFUSALS}, operation_id="restore_company")
def reopen_company(request: HttpRequest, company_id: UUID) -> Any:
    """Take a closed company back."""
    member, company = _owned(request, company_id)
    restore_company(company=company, by=context.actor())
    return company_out(company_for(member, company_id))


@lives.put("/{company_id}/address", response={200: CompanyOut, **REFUSALS}, operation_id="change_company_address")
def change_address(request: HttpRequest, company_id: UUID, body: AddressIn) -> Any:
    """The former address leads on for a while."""
    member = require_member(request, AgencyTab.COMPANIES)
    rename_company(company=company_for(member, company_id), slug=body.slug.lower(), by=context.actor())
    return company_out(company_for(member, company_id))


@lives.post("/{company_id}/transfer", response={201: TransferOut, **REFUSALS}, operation_id="ask_transfer")
def create_transfer(request: HttpRequest, company_id: UUID, body: TransferIn) -> Any:
    """Ask another agency to take it over."""
    member, company = _owned(request, company_id)
    row = ask_transfer(company=company, by=context.actor(), **body.dict())
    return Status(201, transfer_out(row, member.agency_id))


@lives.delete("/{company_id}/transfer", response={200: TransferOut, **REFUSALS}, operation_id="withdraw_transfer")
def withdraw_transfer(request: HttpRequest, company_id: UUID) -> Any:
    member, company = _owned(request, company_id)
    row = open_transfer_of(company)
    if not row:
        raise NotFound("This company is not being handed over")
    row = end_transfer(transfer=row, state=TransferState.WITHDRAWN, by=context.actor())
    return transfer_out(row, member.agency_id)


@transfers.get("", response={200: list[TransferOut], **REFUSALS}, operation_id="list_transfers")
def list_transfers(request: HttpRequest) -> Any:
    """To and from other agencies, the newest 200."""
    member = require_member(request, AgencyTab.COMPANIES, all_companies=True)
    return [transfer_out(row, member.agency_id) for row in transfers_of(member.agency)[:MOST]]


@transfers.post("/{transfer_id}/approval", response={200: TransferOut, **REFUSALS}, operation_id="approve_transfer")
def approve(request: HttpRequest, transfer_id: UUID, body: ApprovalIn | None = None) -> Any:
    """Take the company over; the move begins once everybody who was asked has agreed."""
    member = require_member(request, AgencyTab.COMPANIES, owner=True)
    row = transfer_by_id(transfer_id, to_agency=member.agency)
    row = approve_transfer(transfer=row, by=context.actor(), slug=body.slug if body else "")
    return transfer_out(row, member.agency_id)


@transfers.post("/{transfer_id}/refusal", response={200: TransferOut, **REFUSALS}, operation_id="refuse_transfer")
def refuse(request: HttpRequest, transfer_id: UUID) -> Any:
    member = require_member(request, AgencyTab.COMPANIES, owner=True)
    row = transfer_by_id(transfer_id, to_agency=member.agency)
    row = end_transfer(transfer=row, state=TransferState.REFUSED, by=context.actor())
    return transfer_out(row, member.agency_id)


@certificates.get("", response={200: list[CertificateOut], **REFUSALS}, operation_id="list_certificates")
def list_certificates(request: HttpRequest) -> Any:
    """Of erased companies, the newest 200."""
    member = require_member(request, AgencyTab.COMPANIES, all_companies=True)
    return [certificate_out(row) for row in certificates_of(member.agency)[:MOST]]


@certificates.get("/{certificate_id}", response={200: SignedOut, **REFUSALS}, operation_id="get_certificate")
def get_certificate(request: HttpRequest, certificate_id: UUID) -> Any:
    member = require_member(request, AgencyTab.COMPANIES, all_companies=True)
    row = certificate_by_id(certificate_id, agency=member.agency)
    return {"document": row.document, "signature": row.signature}
