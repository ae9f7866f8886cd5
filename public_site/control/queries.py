"""What the control panel shows: counted by the database, bounded in number of queries."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet

from public_site.agency.queries import counts_by_status
from tenants.directory.models import Agency, Company, Domain, Tombstone
from tenants.fleet.models import Schema, SchemaState
from tenants.fleet.template import current_template
from tenants.kernel.errors import NotFound

KEPT_BACK = "kept"


@dataclass(frozen=True)
class Overview:
    agencies: dict[str, int]
    companies: dict[str, int]
    ready_schemas: int
    pool_size: int
    unverified_domains: int
    database_bytes: int


def overview() -> Overview:
    return Overview(
        agencies=counts_by_status(Agency.objects.all()),
        companies=counts_by_status(Company.objects.all()),
        ready_schemas=ready_schemas(),
        pool_size=settings.READY_POOL_SIZE,
        unverified_domains=Domain.objects.filter(verified_at=None).count(),
        database_bytes=database_bytes(),
    )


def ready_schemas() -> int:
    """Schemas that the next companies can have at once."""
    return Schema.objects.filter(state=SchemaState.READY, fingerprint=current_template().fingerprint).count()


def database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def agencies_matching(text: str = "", status: str = "") -> QuerySet[Agency]:
    found = Agency.objects.annotate(company_count=Count("companies")).order_by("-pk")
    for word in _words(text):
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word))
    return found.filter(status=status) if status else found


def companies_matching(text: str = "", status: str = "") -> QuerySet[Company]:
    found = Company.objects.select_related("agency").prefetch_related("domains").order_by("-pk")
    for word in _words(text):
        found = found.filter(
            Q(name__icontains=word)
            | Q(slug__icontains=word)
            | Q(owner_email__icontains=word)
            | Q(agency__name__icontains=word)
        )
    return found.filter(status=status) if status else found


def domains_matching(text: str = "", state: str = "") -> QuerySet[Domain]:
    """`state`: waiting for its TXT record, custom, or ours."""
    states = {
        "waiting": Q(verified_at=None),
        "custom": Q(is_custom=True, verified_at__isnull=False),
        "ours": Q(is_custom=False),
    }
    found = Domain.objects.select_related("agency", "company").order_by("-pk")
    for word in _words(text):
        found = found.filter(host__icontains=word)
    return found.filter(states[state]) if state in states else found


def domain_counts(text: str = "") -> dict[str, int]:
    counts = {state: domains_matching(text, state).order_by().count() for state in ("waiting", "custom", "ours")}
    return counts | {KEPT_BACK: stones_matching(text).order_by().count()}


def stones_matching(text: str = "") -> QuerySet[Tombstone]:
    """Hosts that were somebody's and are kept back."""
    found = Tombstone.objects.order_by("-pk")
    for word in _words(text):
        found = found.filter(host__icontains=word)
    return found


def _words(text: str) -> list[str]:
    return text.replace("\x00", "").split()[:8]


def agency_by_id(agency_id: UUID) -> Agency:
    found = Agency.objects.filter(pk=agency_id).first()
    if not found:
        raise NotFound("No such agency")
    return found


def company_by_id(company_id: UUID) -> Company:
    found = Company.objects.select_related("agency").prefetch_related("domains").filter(pk=company_id).first()
    if not found:
        raise NotFound("No such company")
    return found
