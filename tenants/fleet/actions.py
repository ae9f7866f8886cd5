"""Making a company: usable when this returns."""

from collections.abc import Mapping

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from tenants.directory.actions import check_slug
from tenants.directory.checks import check_row
from tenants.directory.enums import CompanyStatus
from tenants.directory.errors import SlugTaken
from tenants.directory.models import Agency, Company
from tenants.directory.own_hosts import add_hosts, check_slug_free
from tenants.fleet.countries import COUNTRIES
from tenants.fleet.pool import claim_schema
from tenants.fleet.tasks import fill_pool
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.kernel.modules import modules
from tenants.kernel.names import is_currency, is_time_zone


@transaction.atomic
def create_company(
    *,
    agency: Agency,
    name: str,
    slug: str,
    country: str,
    owner_email: str,
    by: Actor,
    owner_name: str = "",
    time_zone: str = "",
    currency: str = "",
    language: str = "en",
) -> Company:
    """Claim a ready schema, give it hosts, seed it, open it. All or nothing.

    Time zone and currency default to the country's. Runs in public. Raises
    SlugTaken, Invalid.
    """
    check_slug(slug)
    place = check_locale(country=country, time_zone=time_zone, currency=currency)
    if language not in dict(settings.LANGUAGES):
        raise Invalid(
            {"language": [gettext("Choose one of: %(codes)s.") % {"codes": ", ".join(dict(settings.LANGUAGES))}]}
        )
    hosts = check_slug_free(agency, slug)
    company = _insert(agency, name=name, slug=slug, owner_email=owner_email.lower(), language=language, **place)
    add_hosts(company, hosts)
    with context.inside(company.place, actor=by):
        for module in modules():
            module.seed(company_seed(company, owner_name))
    transaction.on_commit(fill_pool.delay, robust=True)
    return company


def company_seed(company: Company, owner_name: str) -> Mapping[str, str]:
    """What modules are told when they plant their first rows."""
    return {
        "currency": company.currency,
        "country": company.country,
        "owner_email": company.owner_email,
        "owner_name": owner_name or company.owner_email.partition("@")[0].replace(".", " ").title(),
    }


def check_locale(*, country: str, time_zone: str, currency: str) -> dict[str, str]:
    """All three as they are kept; those left empty are the country's. Raises Invalid."""
    country = country.upper()
    if country not in COUNTRIES:
        raise Invalid({"country": [gettext("Use a two-letter country code, like IN, BG or US.")]})
    default_zone, default_currency = COUNTRIES[country]
    found = {
        "country": country,
        "time_zone": time_zone or default_zone,
        "currency": (currency or default_currency).upper(),
    }
    if not is_time_zone(found["time_zone"]):
        raise Invalid({"time_zone": [gettext("Use a name from the IANA list, like Asia/Kolkata.")]})
    if not is_currency(found["currency"]):
        raise Invalid({"currency": [gettext("Use a three-letter currency code, like INR.")]})
    return found


def _insert(agency: Agency, *, slug: str, **values: str) -> Company:
    """The row and its schema; the unique constraint settles who gets a slug."""
    try:
        with transaction.atomic():
            company = Company(
                agency=agency, slug=slug, schema_name=claim_schema().name, status=CompanyStatus.ACTIVE, **values
            )
            check_row(company, leave_out=["agency"])
            company.save(force_insert=True)
            return company
    except IntegrityError as error:
        if "company_slug_unique_in_agency" not in str(error):
            raise
        raise SlugTaken(slug) from error
