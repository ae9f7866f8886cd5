"""An agency's own domains, for itself and for its companies."""

from django.db import transaction

from public_site.agency.audit import note
from tenants.directory import actions as directory
from tenants.directory.models import Agency, Company, Domain
from tenants.kernel.actors import Actor


@transaction.atomic
def claim_domain(*, agency: Agency, host: str, by: Actor, company: Company | None = None) -> Domain:
    """Raises HostTaken, Invalid."""
    domain = directory.claim_custom_host(agency=agency, raw_host=host, company=company)
    note("domain.claimed", agency_id=agency.pk, company=company, by=by, host=domain.host)
    return domain


def verify_domain(*, domain: Domain, by: Actor) -> Domain:
    """Look for the TXT record, outside any transaction: DNS may take its time. Raises DomainNotVerified."""
    was_verified = domain.verified_at is not None
    domain = directory.verify_custom_host(domain=domain)
    if not was_verified:
        note("domain.verified", agency_id=domain.agency_id, company=domain.company, by=by, host=domain.host)
    return domain


@transaction.atomic
def prefer_domain(*, domain: Domain, by: Actor) -> None:
    """Links and mails name this host from now on. Raises Invalid while it is not verified."""
    directory.make_canonical(domain=domain)
    note("domain.preferred", agency_id=domain.agency_id, company=domain.company, by=by, host=domain.host)


@transaction.atomic
def remove_domain(*, domain: Domain, by: Actor) -> None:
    """Raises Invalid for an address that belongs to the account."""
    agency_id, company, host = domain.agency_id, domain.company, domain.host
    directory.remove_host(domain=domain)
    note("domain.removed", agency_id=agency_id, company=company, by=by, host=host)
