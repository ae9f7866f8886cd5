"""Reads of the nightly isolation proof. In public."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from tenants.directory.enums import AgencyStatus, CompanyStatus
from tenants.directory.models import Company
from tenants.fleet.models import OPEN_STATES, IsolationAttack, IsolationReport, Operation, SigningKey, Verdict
from tenants.fleet.signing import envelope
from tenants.kernel.errors import NotFound

KIND = "isolation"
"""The operation; what it does is registered by the room that may know every door."""
ROUND = timedelta(days=7)
"""Within which every company is attacked once."""


def attackable() -> "QuerySet[Any]":
    """Open companies of open agencies, those that waited longest first."""
    last = (
        IsolationAttack.objects.filter(company_id=OuterRef("pk"), ended_at__isnull=False)
        .order_by()
        .values("company_id")
        .annotate(last=Max("ended_at"))
        .values("last")
    )
    companies = Company.objects.select_related("agency").filter(
        status=CompanyStatus.ACTIVE, agency__status=AgencyStatus.ACTIVE
    )
    return companies.annotate(attacked_at=Subquery(last)).order_by(F("attacked_at").asc(nulls_first=True), "pk")


@dataclass(frozen=True)
class Coverage:
    """How many companies there are, and how many of them were attacked within a round."""

    companies: int
    attacked: int


def coverage(agency_id: UUID | None = None) -> Coverage:
    found = attackable().filter(agency_id=agency_id) if agency_id else attackable()
    since = timezone.now() - ROUND
    return Coverage(found.count(), found.filter(attacked_at__gte=since).count())


def attacks_of(operation_id: UUID, agency_id: UUID | None = None) -> QuerySet[IsolationAttack]:
    found = IsolationAttack.objects.filter(operation_id=operation_id).order_by("company_name", "pk")
    return found.filter(agency_id=agency_id) if agency_id else found


def reports_of(agency_id: UUID) -> QuerySet[IsolationReport]:
    return IsolationReport.objects.filter(agency_id=agency_id)


def report_of(agency_id: UUID, report_id: UUID) -> IsolationReport:
    """One of the agency's own. Raises NotFound."""
    return _found(reports_of(agency_id).filter(pk=report_id))


def report_by_id(report_id: UUID) -> IsolationReport:
    return _found(IsolationReport.objects.filter(pk=report_id))


def _found(reports: QuerySet[IsolationReport]) -> IsolationReport:
    found = reports.first()
    if not found:
        raise NotFound("No such report")
    return found


def reports_matching(verdict: str = "") -> QuerySet[IsolationReport]:
    found = IsolationReport.objects.all()
    return found.filter(verdict=verdict) if verdict else found


def counts_by_verdict() -> dict[str, int]:
    found: dict[str, int] = {}
    for verdict in IsolationReport.objects.order_by().values_list("verdict", flat=True):
        found[verdict] = found.get(verdict, 0) + 1
    return found


def breaches() -> QuerySet[IsolationAttack]:
    """Companies into which the last attack got through, newest first: an attack that does not ends the alarm."""
    later = IsolationAttack.objects.filter(company_id=OuterRef("company_id"), ended_at__gt=OuterRef("ended_at"))
    red = IsolationAttack.objects.filter(verdict=Verdict.RED, ended_at__isnull=False)
    return red.filter(~Exists(later.exclude(verdict=Verdict.UNCLEAR))).order_by("-ended_at")


def proofs_under_way() -> QuerySet[Operation]:
    return Operation.objects.filter(kind=KIND, state__in=OPEN_STATES)


def signed(report: IsolationReport) -> dict[str, Any]:
    """The file an agency takes away."""
    return envelope(report.document, key=report.key_id, signature=report.signature)


def signing_keys() -> QuerySet[SigningKey]:
    return SigningKey.objects.all()
