"""Writes of the directory: agencies, hosts, brands, suspension."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from tenants.directory.checks import check_row
from tenants.directory.dns import has_token, txt_name
from tenants.directory.enums import AgencyStatus, CompanyStatus, Face
from tenants.directory.errors import DomainNotVerified, HostTaken, SlugTaken
from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Agency, Brand, Company, Domain, Tombstone, slug_validator
from tenants.directory.names import is_domain, is_reserved, is_under, normal_host
from tenants.directory.own_hosts import add_own_host
from tenants.directory.queries import BRAND_FIELDS
from tenants.directory.tombstones import bury, check_not_kept_back, lift
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.names import is_currency, is_time_zone

CLAIM_WAITS = timedelta(days=3)


@transaction.atomic
def ensure_platform_domain() -> Domain:
    domain, _is_new = Domain.objects.get_or_create(
        host=settings.PLATFORM_DOMAIN,
        defaults={"face": Face.PLATFORM, "is_canonical": True, "verified_at": timezone.now()},
    )
    forget_hosts()
    return domain


def create_agency(*, name: str, slug: str) -> Agency:
    """An agency waiting for its owner's e-mail to be verified. Raises SlugTaken, Invalid."""
    check_slug(slug)
    agency = Agency(name=name, slug=slug)
    check_row(agency)
    if Tombstone.objects.filter(host=f"{slug}.{settings.PLATFORM_DOMAIN}", until__gt=timezone.now()).exists():
        raise SlugTaken(slug)
    try:
        with transaction.atomic():
            agency.save(force_insert=True)
            Brand.objects.create(agency=agency, product_name=agency.name[:60])
            add_own_host(agency=agency, host=f"{slug}.{settings.PLATFORM_DOMAIN}")
    except IntegrityError as error:
        raise SlugTaken(slug) from error
    return agency


def check_slug(slug: str, *, is_taken: Callable[[str], bool] = lambda slug: False) -> None:
    """Raise unless a slug is well written, not reserved and not taken."""
    try:
        slug_validator(slug)
    except ValidationError as error:
        raise Invalid(
            {"slug": [gettext("Use 3 to 40 small letters, digits and hyphens, like “acme-solar”.")]}
        ) from error
    if is_reserved(slug) or is_taken(slug):
        raise SlugTaken(slug)


def claim_custom_host(*, agency: Agency, raw_host: str, company: Company | None = None) -> Domain:
    """Note a customer's own domain and the token its TXT record has to show. Raises HostTaken, Invalid.

    A claim that nobody proved in three days gives way to the next. What was somebody else's until lately is
    kept back.
    """
    host = normal_host(raw_host)
    if not is_domain(host) or is_under(host, settings.PLATFORM_DOMAIN):
        raise Invalid({"host": [gettext("Write a domain of your own, like “crm.example.com”.")]})
    check_not_kept_back(host, agency=agency, company=company)
    stale = Domain.objects.filter(host=host, verified_at=None, created_at__lt=timezone.now() - CLAIM_WAITS)
    try:
        with transaction.atomic():
            stale.delete()
            return Domain.objects.create(
                host=host,
                face=Face.COMPANY if company else Face.AGENCY,
                agency=agency,
                company=company,
                is_custom=True,
                token=secrets.token_urlsafe(24),
            )
    except IntegrityError as error:
        raise HostTaken(host) from error


def verify_custom_host(*, domain: Domain) -> Domain:
    """Look for the TXT record; when it is there the host goes live. Raises DomainNotVerified, HostKeptBack."""
    if not has_token(domain.host, domain.token):
        raise DomainNotVerified({"host": [txt_advice(domain)]})
    assert domain.agency
    with transaction.atomic():
        if not domain.verified_at:
            check_not_kept_back(domain.host, agency=domain.agency, company=domain.company)
            lift(domain.host)
        domain.verified_at = domain.verified_at or timezone.now()
        domain.save(update_fields=["verified_at", "updated_at"])
        make_canonical(domain=domain)
        if domain.face == Face.AGENCY:
            _add_company_hosts(domain)
    return domain


def txt_advice(domain: Domain) -> str:
    return gettext("Add a TXT record at %(name)s with the value %(token)s, then try again.") % {
        "name": txt_name(domain.host), "token": domain.token,
    }  # fmt: skip


@transaction.atomic
def make_canonical(*, domain: Domain) -> None:
    """Links, mails and documents name this host from now on. Raises DomainNotVerified."""
    if not domain.verified_at:
        raise DomainNotVerified({"host": [txt_advice(domain)]})
    if domain.moved_until:
        raise Invalid({"host": [gettext("This is a former address: it leads on to the one in use.")]})
    same = Domain.objects.filter(face=domain.face, agency=domain.agency, company=domain.company)
    same.filter(is_canonical=True).update(is_canonical=False)
    domain.is_canonical = True
    domain.save(update_fields=["is_canonical", "updated_at"])
    forget_hosts()


def _add_company_hosts(agency_domain: Domain) -> None:
    """Each company answers under the agency's own domain as well, and is named by it."""
    for company in Company.objects.filter(agency=agency_domain.agency).select_related("agency"):
        host = f"{company.slug}.{agency_domain.host}"
        domain, _is_new = Domain.objects.get_or_create(
            host=host,
            defaults={
                "face": Face.COMPANY,
                "agency": company.agency,
                "company": company,
                "verified_at": timezone.now(),
            },
        )
        has_own = Domain.objects.filter(company=company, is_custom=True, is_canonical=True).exists()
        if domain.company_id == company.pk and not has_own:
            make_canonical(domain=domain)


@transaction.atomic
def remove_host(*, domain: Domain) -> None:
    """Give a custom host up, with those of companies below it; the host under our own domain stays.

    They are kept back for a while. Raises Invalid for our own.
    """
    if not domain.is_custom:
        raise Invalid({"host": [gettext("This address belongs to the account and stays.")]})
    agency, company, was_canonical = domain.agency, domain.company, domain.is_canonical
    if domain.face == Face.AGENCY:
        bury(list(Domain.objects.filter(face=Face.COMPANY, host__endswith=f".{domain.host}", is_custom=False)))
    face = domain.face
    bury([domain])
    Domain.objects.filter(pk=domain.pk).delete()  # one that nobody proved
    _restore_canonicals(agency, face if was_canonical else "", company)
    forget_hosts()


def _restore_canonicals(agency: Agency | None, face: str, company: Company | None) -> None:
    """Whoever lost its canonical host gets its oldest one back."""
    companies = [company] if company else list(Company.objects.filter(agency=agency))
    for face_, company_ in [(Face.AGENCY, None), *((Face.COMPANY, c) for c in companies)]:
        hosts = Domain.objects.filter(
            agency=agency, face=face_, company=company_, verified_at__isnull=False, moved_until=None
        )
        if not hosts.filter(is_canonical=True).exists() and (first := hosts.order_by("created_at").first()):
            make_canonical(domain=first)


@transaction.atomic
def update_brand(*, agency: Agency, company: Company | None = None, **values: str) -> Brand:
    """Set the given fields of an agency's or a company's brand; empty ones follow the agency. Raises Invalid."""
    if unknown := set(values) - set(BRAND_FIELDS):
        raise Invalid({name: ["There is no such brand field."] for name in unknown})
    brand, _is_new = Brand.objects.get_or_create(agency=agency, company=company)
    for name, value in values.items():
        setattr(brand, name, value)
    check_row(brand)
    brand.save()
    forget_hosts()
    return brand


@transaction.atomic
def update_company_profile(
    *, company_id: UUID, name: str, time_zone: str, language: str, currency: str
) -> Company:  # fmt: skip
    """What a company says about itself; may be called from inside it. Raises Invalid."""
    name = " ".join(name.replace("\x00", "").split())
    checks = {
        "name": (0 < len(name) <= 120, gettext("Write a name of at most 120 characters.")),
        "time_zone": (is_time_zone(time_zone), gettext("Use a name from the IANA list, like Asia/Kolkata.")),
        "language": (language in dict(settings.LANGUAGES), gettext("Choose a language from the list.")),
        "currency": (is_currency(currency), gettext("Use a three-letter currency code, like INR.")),
    }
    if errors := {field: [text] for field, (is_right, text) in checks.items() if not is_right}:
        raise Invalid(errors)
    with context.public():
        company = Company.objects.select_for_update().get(pk=company_id)
        company.name, company.time_zone, company.language, company.currency = name, time_zone, language, currency
        company.save(update_fields=["name", "time_zone", "language", "currency", "updated_at"])
    forget_hosts()
    return company


@transaction.atomic
def activate_agency(*, agency: Agency) -> None:
    _set_status(agency, AgencyStatus.ACTIVE)


@transaction.atomic
def suspend_agency(*, agency: Agency) -> None:
    _set_status(agency, AgencyStatus.SUSPENDED)


def suspend_company(*, company: Company) -> None:
    """Doors closed, data kept: pages, API and tasks of the company are refused."""
    set_company_status(company=company, status=CompanyStatus.SUSPENDED)


def resume_company(*, company: Company) -> None:
    set_company_status(company=company, status=CompanyStatus.ACTIVE)


@transaction.atomic
def set_company_status(*, company: Company, status: CompanyStatus, erase_after: datetime | None = None) -> None:
    """Anything but active closes all doors."""
    company.status, company.erase_after = status, erase_after
    company.save(update_fields=["status", "erase_after", "updated_at"])
    forget_hosts()


def _set_status(agency: Agency, status: str) -> None:
    agency.status = status
    agency.save(update_fields=["status", "updated_at"])
    forget_hosts()
