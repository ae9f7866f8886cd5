"""What the agency API takes and gives about companies that come and go."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from tenants.fleet.models import Certificate, Transfer
from tenants.records.schemas import Strict


class ClosureIn(Strict):
    confirm: str = Field(max_length=120, description="The company's name, typed out")
    reason: str = Field(max_length=200)
    days: int = Field(30, ge=1, le=365, description="How long it may be taken back before it is erased")


class AddressIn(Strict):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    slug: str = Field(max_length=40, description="3 to 40 small letters, digits and hyphens")


class TransferIn(Strict):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    to: str = Field(max_length=40, description="The receiving agency's address (slug)")
    slug: str = Field("", max_length=40, description="The company's address there; empty: as it is")
    reason: str = Field("", max_length=200)
    needs_consent: bool = Field(False, description="Ask the company's owner too")


class ApprovalIn(Strict):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    slug: str = Field("", max_length=40, description="Another address than was asked for")


class TransferOut(Schema):
    id: UUID
    company_id: UUID
    company: str
    direction: Literal["in", "out"]
    other_agency: str
    slug: str
    reason: str
    state: Literal["asked", "moving", "done", "refused", "withdrawn", "expired", "failed"]
    approved_at: datetime | None
    needs_consent: bool
    consented_at: datetime | None
    expires_at: datetime
    renew: list[str] = Field(description="What people of the company have to renew, once it is done")


class CertificateOut(Schema):
    id: UUID
    company_id: UUID
    company: str
    created_at: datetime


class SignedOut(Schema):
    """Check with `company certificate --verify`, or Ed25519 over the document: keys sorted, no spaces, UTF-8."""

    document: dict[str, Any]
    signature: str


def transfer_out(row: Transfer, agency_id: UUID) -> TransferOut:
    is_in = row.to_agency_id == agency_id
    same = set(TransferOut.model_fields) - {"company", "direction", "other_agency"}
    return TransferOut(
        company=row.company.name,
        direction="in" if is_in else "out",
        other_agency=str(row.from_agency if is_in else row.to_agency),
        **{name: getattr(row, name) for name in same},
    )


def certificate_out(row: Certificate) -> CertificateOut:
    return CertificateOut(id=row.pk, company_id=row.company_id, company=row.company_name, created_at=row.created_at)
