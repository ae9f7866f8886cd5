"""What the agency API takes and gives."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from public_site.agency.queries import url_of_company
from tenants.directory.models import Company
from tenants.records.schemas import Strict

MOST_ROWS = 200


class CompanyIn(Strict):
    """Time zone and currency default to the country's."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    name: str = Field(min_length=1, max_length=120)
    slug: str = Field(description="Its address: 3 to 40 small letters, digits and hyphens")
    country: str = Field(description="ISO 3166-1 alpha-2, like IN")
    owner_email: str = Field(max_length=254)
    owner_name: str = Field("", max_length=120)
    time_zone: str = Field("", description="IANA name, like Asia/Kolkata")
    currency: str = Field("", description="ISO 4217, like INR")
    language: str = Field("en", description="en, bg or hi")


class ListIn(Schema):
    """Which companies, and how many at a time."""

    q: str = Field("", max_length=200, description="Part of a name, address or owner's e-mail")
    status: str = Field("", description="provisioning, active, suspended, moving, retired or erasing")
    slug: str = Field("", description="Exactly this address")
    cursor: str = Field("", description="`next` of the page before")
    limit: int = Field(50, ge=1, le=MOST_ROWS)
    with_total: bool = Field(False, description="Count all rows too")


class SuspensionIn(Strict):
    reason: str = Field("", max_length=200)


class CompanyOut(Schema):
    id: UUID
    name: str
    slug: str
    status: Literal["provisioning", "active", "suspended", "moving", "retired", "erasing"]
    url: str
    country: str
    time_zone: str
    currency: str
    language: str
    owner_email: str
    erase_after: datetime | None = Field(None, description="Of a closed (retired) company")
    created_at: datetime


class CompanyPage(Schema):
    items: list[CompanyOut]
    next: str | None = None
    total: int | None = None


def company_out(company: Company) -> CompanyOut:
    same = [name for name in CompanyOut.model_fields if name != "url"]
    return CompanyOut(url=url_of_company(company), **{name: getattr(company, name) for name in same})
