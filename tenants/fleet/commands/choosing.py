"""Which companies a fleet command is for."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.kernel.errors import Invalid

MOST_NAMED = 1000


def companies_for(selection: Mapping[str, Any], *, agency_id: UUID | None = None) -> QuerySet[Company]:
    """`agency` and `plan` are of agencies, `companies` are slugs (agency/slug where several have it); nothing: all.

    Given an agency, its own companies and no other's, whatever the selection says. Raises Invalid for a name
    that leads to nobody, so that no company is left out unnoticed.
    """
    rows = Company.objects.filter(status=CompanyStatus.ACTIVE).order_by("id")
    rows = rows.filter(agency_id=agency_id) if agency_id else rows
    if agency := selection.get("agency"):
        rows = rows.filter(agency__slug=agency)
    if plan := selection.get("plan"):
        rows = rows.filter(agency__plan=plan)
    if named := list(selection.get("companies") or ()):
        rows = _named(rows, named[:MOST_NAMED])
    return rows


def _named(rows: QuerySet[Company], named: Sequence[str]) -> QuerySet[Company]:
    wanted = Q(pk__in=[])
    for text in named:
        agency, _slash, slug = text.strip().rpartition("/")
        one = Q(slug=slug, agency__slug=agency) if agency else Q(slug=slug)
        if not rows.filter(one).exists():
            raise Invalid({"companies": [_("There is no open company “%(name)s” here.") % {"name": text}]})
        wanted |= one
    return rows.filter(wanted)
