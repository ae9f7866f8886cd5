"""Hosts that were somebody's: kept back for a while, so that nobody inherits what still leads to them.

A host under one of our own or an agency's domains goes back to the same company (or agency) alone. A customer's
own domain goes back to the same agency, which has to prove it anew; to everybody else only when the time is over.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tenants.directory.errors import HostKeptBack
from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Agency, Company, Domain, Tombstone


def bury(domains: "list[Domain]") -> None:
    """Keep these hosts back from now on; their rows go. Hosts that nobody proved were nobody's."""
    until = timezone.now() + timedelta(days=settings.TOMBSTONE_DAYS)
    stones = [
        Tombstone(
            host=one.host, agency_id=one.agency_id, company_id=one.company_id, is_custom=one.is_custom, until=until
        )
        for one in domains
        if one.verified_at
    ]
    Tombstone.objects.bulk_create(
        stones, update_conflicts=True, unique_fields=["host"],
        update_fields=["agency_id", "company_id", "is_custom", "until"],
    )  # fmt: skip
    Domain.objects.filter(pk__in=[one.pk for one in domains]).delete()
    forget_hosts()


def check_not_kept_back(host: str, *, agency: Agency, company: Company | None = None) -> None:
    """Raise HostKeptBack where the host, or a domain above it, was somebody else's until lately."""
    standing = Tombstone.objects.filter(host__in=_with_parents(host), until__gt=timezone.now())
    for stone in standing.order_by("host"):
        if not _is_former_owner(stone, agency.pk, company.pk if company else None):
            raise HostKeptBack(host, stone.until)


def _is_former_owner(stone: Tombstone, agency_id: UUID, company_id: UUID | None) -> bool:
    if stone.company_id and not stone.is_custom:
        return stone.company_id == company_id
    return stone.agency_id == agency_id


def _with_parents(host: str) -> list[str]:
    labels = host.split(".")
    found = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return [one for one in found if one != settings.PLATFORM_DOMAIN]


def lift(*hosts: str) -> bool:
    """Give hosts free before their time, or because their owner is back; whether any was kept back."""
    return bool(Tombstone.objects.filter(host__in=hosts).delete()[0])


@transaction.atomic
def bury_moved_hosts() -> int:
    """Former addresses whose time of leading on is over are kept back; stones whose time is over go. How many."""
    over = list(Domain.objects.select_for_update(skip_locked=True).filter(moved_until__lte=timezone.now()))
    if over:
        bury(over)
    return len(over) + Tombstone.objects.filter(until__lte=timezone.now()).delete()[0]
