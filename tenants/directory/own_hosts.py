"""Hosts a company has by its slug: one under each host of its agency."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists
from django.utils import timezone

from tenants.directory.enums import Face
from tenants.directory.errors import HostKeptBack, SlugTaken
from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Agency, Company, Domain
from tenants.directory.queries import canonical_host
from tenants.directory.tombstones import check_not_kept_back, lift


def own_hosts(agency: Agency, slug: str) -> list[str]:
    """The one under the agency's canonical host first."""
    hosts = Domain.objects.filter(agency=agency, face=Face.AGENCY, verified_at__isnull=False, moved_until=None)
    return [f"{slug}.{one.host}" for one in hosts.order_by("-is_canonical", "created_at")]


def check_slug_free(agency: Agency, slug: str, *, company: Company | None = None) -> list[str]:
    """The hosts it stands for. Raises SlugTaken where another company of the agency has it, or had it until lately.

    `company` is who asks: a former address of its own is free for it.
    """
    others = Company.objects.filter(agency=agency, slug=slug)
    hosts = own_hosts(agency, slug)
    held = Domain.objects.filter(host__in=hosts, verified_at__isnull=False)
    if company:
        others, held = others.exclude(pk=company.pk), held.exclude(company=company)
    if Agency.objects.filter(Exists(others) | Exists(held), pk=agency.pk).exists():
        raise SlugTaken(slug)
    try:
        for host in hosts:
            check_not_kept_back(host, agency=agency, company=company)
    except HostKeptBack as error:
        raise SlugTaken(slug) from error
    return hosts


def is_slug_taken(agency: Agency, slug: str, *, company: Company | None = None) -> bool:
    try:
        check_slug_free(agency, slug, company=company)
    except SlugTaken:
        return True
    return False


def add_own_host(*, agency: Agency, host: str, company: Company | None = None) -> Domain:
    """A host under a domain of ours or of the agency: verified by that, canonical at first."""
    face = Face.COMPANY if company else Face.AGENCY
    # Whoever owns the domain above decides; an unproven claim does not stand in the way.
    Domain.objects.filter(host=host, verified_at=None).delete()
    lift(host)
    domain = Domain.objects.create(
        host=host, face=face, agency=agency, company=company, verified_at=timezone.now(),
        is_canonical=not canonical_host(face, agency, company),
    )  # fmt: skip
    forget_hosts()
    return domain


def add_hosts(company: Company, hosts: Sequence[str]) -> None:
    """To a company that has none yet, as `check_slug_free` found them: canonical is the first."""
    Domain.objects.filter(host__in=hosts, verified_at=None).delete()
    lift(*hosts)
    Domain.objects.bulk_create(
        Domain(
            host=host, face=Face.COMPANY, agency=company.agency, company=company, verified_at=timezone.now(),
            is_canonical=not number,
        )
        for number, host in enumerate(hosts)
    )  # fmt: skip
    forget_hosts()


def settle_hosts(company: Company) -> None:
    """After a change of slug or agency: new own hosts, the former ones lead on, links name the new ones.

    A domain of the company's own stays as it is. Check with `check_slug_free` before, in the same transaction.
    """
    rows = Domain.objects.filter(company=company)
    rows.update(agency=company.agency)
    hosts = own_hosts(company.agency, company.slug)
    until = timezone.now() + timedelta(days=settings.MOVED_HOST_DAYS)
    former = rows.filter(is_custom=False, verified_at__isnull=False, moved_until=None).exclude(host__in=hosts)
    former.update(moved_until=until, is_canonical=False, updated_at=timezone.now())
    for host in hosts:
        if not rows.filter(host=host).update(moved_until=None):
            add_own_host(agency=company.agency, host=host, company=company)
    if not rows.filter(is_canonical=True, is_custom=True).exists():
        rows.update(is_canonical=False)
        rows.filter(host=hosts[0]).update(is_canonical=True)
    forget_hosts()
