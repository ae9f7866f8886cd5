"""Backups of the agency's own companies."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest

from public_site.agency.access import MemberRequest, members_only
from public_site.agency.models import AgencyTab
from public_site.agency.queries import company_for
from public_site.backups.doors import Door
from public_site.backups.pages import urls_at
from tenants.directory.models import Company


def _company(request: HttpRequest, company_id: UUID) -> Company:
    return company_for(cast(MemberRequest, request).member, company_id)


urls = urls_at(Door("agency", "base/agency.html", members_only(AgencyTab.COMPANIES), _company))
