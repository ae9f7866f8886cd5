"""What an agency keeps of a company besides, and who is written to."""

from uuid import UUID

from public_site.agency.models import AgencyMember, AgencyRole
from tenants.directory.models import Agency, Company
from tenants.fleet.lifecycle.rooms import on_erase, on_transfer, writes_to


@writes_to
def owners_of(agency_id: UUID) -> list[str]:
    owners = AgencyMember.objects.filter(agency_id=agency_id, role=AgencyRole.OWNER, user__is_active=True)
    return list(owners.order_by("created_at").values_list("user__email", flat=True))


@on_erase
def forget_limits(company: Company) -> list[str]:
    """Staff who were kept to it."""
    return [f"{_drop_limits(company):,} limits of agency staff"]


@on_transfer
def end_limits(company: Company, former: Agency) -> list[str]:
    _drop_limits(company)
    return []


def _drop_limits(company: Company) -> int:
    members = list(AgencyMember.objects.filter(company_ids__contains=[company.pk]))
    for member in members:
        member.company_ids = [one for one in member.company_ids or () if one != company.pk]
        member.save(update_fields=["company_ids", "updated_at"])
    return len(members)
