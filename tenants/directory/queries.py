"""Reads of the directory. All of them run in public, entered by the caller or here."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants.directory.enums import CompanyStatus, Face
from tenants.directory.models import Agency, Brand, Company, Domain
from tenants.directory.tenant import AgencyView, BrandView, CompanyView, Tenant
from tenants.kernel import context
from tenants.kernel.errors import NotFound

BRAND_FIELDS = tuple(BrandView.__dataclass_fields__)


def companies_of(agency_id: UUID) -> QuerySet[Company]:
    """The companies of one agency and of no other, with their canonical hosts at hand."""
    return Company.objects.filter(agency_id=agency_id).prefetch_related("domains")


def open_company_ids() -> list[UUID]:
    """Those that work: what is suspended, moving or closed is left alone by sweeps."""
    return list(Company.objects.filter(status=CompanyStatus.ACTIVE).values_list("pk", flat=True))


def company_of(agency_id: UUID, company_id: UUID) -> Company:
    found = companies_of(agency_id).filter(pk=company_id).first()
    if not found:
        raise NotFound("No such company")
    return found


def load_tenant(host: str) -> Tenant | None:
    """What a normalised host leads to, from the database; None for hosts unknown or unverified."""
    with context.public():
        live = Q(moved_until=None) | Q(moved_until__gt=timezone.now())
        rows = Domain.objects.select_related("agency", "company__sandbox_of").filter(live, host=host)
        domain = rows.filter(verified_at__isnull=False).first()
        return tenant_of(domain) if domain else None


def tenant_of(domain: Domain) -> Tenant:
    return Tenant(
        host=domain.host,
        face=Face(domain.face),
        canonical_host=canonical_host(domain.face, domain.agency, domain.company) or domain.host,
        brand=brand_of(domain.agency, domain.company),
        agency=agency_view(domain.agency) if domain.agency else None,
        company=company_view(domain.company) if domain.company else None,
        is_moved=domain.moved_until is not None,
    )


def company_tenant(company_id: UUID) -> Tenant:
    """A company's tenant by its id, for tasks, mails and documents."""
    with context.public():
        domain = Domain.objects.select_related("agency", "company__sandbox_of").filter(
            face=Face.COMPANY, company_id=company_id, is_canonical=True
        )
        return _tenant_or_404(domain)


def agency_tenant(agency_id: UUID) -> Tenant:
    with context.public():
        domain = Domain.objects.select_related("agency", "company").filter(
            face=Face.AGENCY, agency_id=agency_id, is_canonical=True
        )
        return _tenant_or_404(domain)


def _tenant_or_404(domains: QuerySet[Domain]) -> Tenant:
    found = domains.first()
    if not found:
        raise NotFound("No such tenant")
    return tenant_of(found)


def canonical_host(face: str, agency: Agency | None, company: Company | None) -> str:
    return (
        Domain.objects.filter(face=face, agency=agency, company=company, is_canonical=True)
        .values_list("host", flat=True)
        .first()
        or ""
    )


def brand_of(agency: Agency | None, company: Company | None) -> BrandView:
    """The company's brand over the agency's, field by field; the platform's own without an agency."""
    if not agency:
        return _platform_brand()
    values: dict[str, str] = {"product_name": agency.name}
    rows = Brand.objects.filter(agency=agency)
    for brand in sorted(rows, key=lambda row: row.company_id is not None):
        if brand.company_id in (None, company.pk if company else None):
            values |= {name: value for name in BRAND_FIELDS if (value := getattr(brand, name))}
    return BrandView(**values)


def _platform_brand() -> BrandView:
    return BrandView(
        product_name=settings.PLATFORM_NAME,
        sender_email=settings.DEFAULT_FROM_EMAIL,
        support_email=f"hello@{settings.PLATFORM_DOMAIN}",
        terms_url="/terms/",
        privacy_url="/privacy/",
    )


def agency_view(agency: Agency) -> AgencyView:
    return AgencyView(id=agency.pk, name=agency.name, slug=agency.slug, status=agency.status, plan=agency.plan)


def company_view(company: Company) -> CompanyView:
    names = CompanyView.__dataclass_fields__
    return CompanyView(**{name: getattr(company, "pk" if name == "id" else name) for name in names})
