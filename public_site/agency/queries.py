"""Reads of the portal: what belongs to one agency and to nobody else."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from public_site.agency.models import AgencyKey, AgencyMember
from tenants.directory.enums import CompanyStatus, Face
from tenants.directory.models import Agency, Company, Domain
from tenants.directory.queries import companies_of
from tenants.directory.tenant import url_of
from tenants.fleet.models import Operation
from tenants.identity.models import User
from tenants.identity.tokens import make_token
from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound


def companies_for(member: AgencyMember) -> QuerySet[Company]:
    """The agency's companies, as far as the member looks after them."""
    found = companies_of(member.agency_id)
    return found if member.has_all_companies else found.filter(pk__in=member.company_ids or ())


def company_for(member: AgencyMember, company_id: UUID) -> Company:
    """Raises NotFound, for a company that is somebody else's to look after too."""
    found = companies_for(member).filter(pk=company_id).first()
    if not found:
        raise NotFound("No such company")
    return found


def operation_for(member: AgencyMember, operation_id: UUID) -> Operation:
    """What is being done to a company that the member looks after. Raises NotFound."""
    found = Operation.objects.filter(pk=operation_id, agency_id=member.agency_id).first()
    if not found or not (member.has_all_companies or (found.company_id and member.sees(found.company_id))):
        raise NotFound("No such operation")
    return found


def companies_matching(member: AgencyMember, *, text: str = "", status: str = "", slug: str = "") -> QuerySet[Company]:
    """A member's companies by part of a name, address or e-mail, by status, by exact slug."""
    found = companies_for(member)
    for word in text.replace("\x00", "").split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word) | Q(owner_email__icontains=word))
    if status:
        found = found.filter(status=checked_status(status))
    return found.filter(slug=slug.replace("\x00", "")) if slug else found


def checked_status(status: str) -> str:
    if status not in CompanyStatus.values:
        raise Invalid({"status": [f"Use one of: {', '.join(CompanyStatus.values)}."]})
    return status


def newest_first(companies: QuerySet[Company], *, before: UUID | None = None) -> QuerySet[Company]:
    """Keys carry the time they were made, so the id alone orders."""
    return (companies.filter(pk__lt=before) if before else companies).order_by("-pk")


def counts_by_status(rows: "QuerySet[Any]") -> dict[str, int]:
    """How many companies or agencies stand in each status."""
    # distinct: a joined count, like an agency's companies, would multiply its rows.
    return dict(rows.order_by().values_list("status").annotate(Count("pk", distinct=True)))


def host_of(company: Company) -> str:
    """The canonical host, from the domains that came along with the company."""
    return next((domain.host for domain in company.domains.all() if domain.is_canonical), "")


def url_of_company(company: Company) -> str:
    return url_of(host_of(company))


@dataclass(frozen=True)
class OwnerState:
    """The company's first owner as its own table has it now."""

    name: str
    email: str
    has_joined: bool
    invitation_url: str = ""


def owner_state(company: Company) -> OwnerState:
    """Read inside the company; with a fresh invitation link while the owner has not joined."""
    if company.status == CompanyStatus.ERASING:
        return OwnerState("", company.owner_email, has_joined=True)
    with context.inside(company.place):
        owner = User.objects.filter(email__iexact=company.owner_email).first()
        if not owner:
            return OwnerState("", company.owner_email, has_joined=True)
        if owner.verified_at or not owner.is_active:
            return OwnerState(owner.name, owner.email, has_joined=True)
        path = reverse("welcome", args=[owner.pk, make_token(owner, purpose="invite")])
    return OwnerState(owner.name, owner.email, has_joined=False, invitation_url=url_of_company(company) + path)


def domains_of(agency: Agency, company: Company | None = None) -> QuerySet[Domain]:
    """The agency's own hosts, or those of one company: canonical first."""
    face = Face.COMPANY if company else Face.AGENCY
    found = Domain.objects.select_related("agency", "company").filter(agency=agency, face=face, company=company)
    return found.order_by("-is_canonical", F("verified_at").asc(nulls_last=True), "host")


def domain_for(member: AgencyMember, domain_id: UUID) -> Domain:
    """A host of the agency, for who looks after all of it, or of one of the member's companies. Raises NotFound."""
    rows = Domain.objects.select_related("agency", "company").filter(agency=member.agency_id, pk=domain_id)
    found = (rows if member.has_all_companies else rows.filter(company__in=member.company_ids or ())).first()
    if not found:
        raise NotFound("No such domain")
    return found


def members_of(agency: Agency) -> QuerySet[AgencyMember]:
    return AgencyMember.objects.select_related("user", "agency").filter(agency=agency).order_by("created_at")


def member_of(agency: Agency, member_id: UUID) -> AgencyMember:
    found = members_of(agency).filter(pk=member_id).first()
    if not found:
        raise NotFound("No such person")
    return found


def keys_of(agency: Agency) -> QuerySet[AgencyKey]:
    """Usable keys first, newest first."""
    keys = AgencyKey.objects.select_related("key__user").filter(agency=agency)
    return keys.order_by(F("key__revoked_at").desc(nulls_first=True), "-created_at")


def key_of(agency: Agency, key_id: UUID) -> AgencyKey:
    found = keys_of(agency).filter(pk=key_id).first()
    if not found:
        raise NotFound("No such key")
    return found
