"""What a host leads to, as one immutable object made once and kept in memory."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from tenants.directory.enums import AgencyStatus, CompanyStatus, Face
from tenants.kernel.context import PUBLIC_SCHEMA, Place


@dataclass(frozen=True)
class BrandView:
    """The brand that pages, mails and PDFs of a host carry."""

    product_name: str
    colour: str = "#4b3fd6"
    logo: str = ""
    icon: str = ""
    login_image: str = ""
    sender_name: str = ""
    sender_email: str = ""
    support_email: str = ""
    terms_url: str = ""
    privacy_url: str = ""

    @cached_property
    def version(self) -> str:
        """Changes with anything a browser may have cached."""
        return sha256(repr(self).encode()).hexdigest()[:12]

    @property
    def initial(self) -> str:
        return self.product_name[:1].upper()

    @property
    def css_url(self) -> str:
        return f"/brand.css?v={self.version}"

    @property
    def logo_url(self) -> str:
        return f"/brand/logo?v={self.version}" if self.logo else ""

    @property
    def icon_url(self) -> str:
        return f"/brand/icon?v={self.version}"

    @property
    def login_image_url(self) -> str:
        return f"/brand/login-image?v={self.version}" if self.login_image else ""


@dataclass(frozen=True, kw_only=True)
class AgencyView:
    id: UUID
    name: str
    slug: str
    status: str
    plan: str

    @property
    def is_open(self) -> bool:
        return self.status != AgencyStatus.SUSPENDED


@dataclass(frozen=True, kw_only=True)
class CompanyView:
    id: UUID
    name: str
    slug: str
    schema_name: str
    status: str
    country: str
    time_zone: str
    currency: str
    language: str

    @property
    def is_open(self) -> bool:
        return self.status == CompanyStatus.ACTIVE


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """The face a host shows, with the agency, company and brand behind it."""

    host: str
    face: Face
    canonical_host: str
    brand: BrandView
    agency: AgencyView | None = None
    company: CompanyView | None = None

    @property
    def base_url(self) -> str:
        """Absolute URL of this tenant's canonical host, for mails and documents."""
        return url_of(self.canonical_host)

    @property
    def is_open(self) -> bool:
        owners = (self.agency, self.company)
        return all(owner.is_open for owner in owners if owner)

    @cached_property
    def place(self) -> Place:
        agency_id = self.agency.id if self.agency else None
        if not self.company:
            return Place(schema=PUBLIC_SCHEMA, agency_id=agency_id)
        schema, plan = self.company.schema_name, self.agency.plan if self.agency else ""
        return Place(schema=schema, role=schema, company_id=self.company.id, agency_id=agency_id, plan=plan)

    @property
    def session_scope(self) -> str:
        """Which door a public session was opened at: sessions do not pass between agencies."""
        return f"{self.face}:{self.agency.id if self.agency else ''}"


def url_of(host: str) -> str:
    standard = {"http": 80, "https": 443}[settings.SCHEME]
    port = "" if standard == settings.PORT or settings.SCHEME == "https" else f":{settings.PORT}"
    return f"{settings.SCHEME}://{host}{port}"
