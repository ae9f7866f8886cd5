"""The company that a copy becomes: reserved before anything is made, filled out of sight, then opened."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants.directory.actions import check_slug
from tenants.directory.checks import check_row
from tenants.directory.enums import CompanyStatus
from tenants.directory.errors import SlugTaken
from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Agency, Company, Domain
from tenants.directory.own_hosts import add_hosts, own_hosts
from tenants.fleet.actions import check_locale
from tenants.fleet.models import Schema, SchemaState
from tenants.fleet.operations.running import Work
from tenants.fleet.pool import drop_schema
from tenants.fleet.streams.files import files_of
from tenants.kernel import context, copies, trust
from tenants.kernel.context import Place
from tenants.kernel.copies import Copy, Facts
from tenants.kernel.ids import schema_name, uuid7
from tenants.kernel.rotating import take_over
from tenants.kernel.secrets import Foreign

KEPT_OF_COMPANY = ("country", "time_zone", "currency", "language", "owner_email")


def check_address(agency: Agency, slug: str) -> None:
    """Raises SlugTaken, Invalid."""
    check_slug(slug, is_taken=lambda wanted: Company.objects.filter(agency=agency, slug=wanted).exists())


def reserve(work: Work, *, agency: Agency, values: Mapping[str, Any]) -> Company:
    """The row that holds address and schema name, shut; the same one when begun again. Raises SlugTaken, Invalid."""
    if "target" not in work.kept:
        work.keep(target=str(uuid7()), schema=schema_name())
    found = Company.objects.filter(pk=work.kept["target"]).first()
    if found:
        return found
    company = Company(id=UUID(work.kept["target"]), agency=agency, schema_name=work.kept["schema"], **values)
    place = check_locale(country=company.country, time_zone=company.time_zone, currency=company.currency)
    company.time_zone, company.currency = place["time_zone"], place["currency"]
    check_row(company, leave_out=["agency", "sandbox_of"])
    try:
        with transaction.atomic():
            company.save(force_insert=True)
    except IntegrityError as error:
        if "company_slug_unique_in_agency" not in str(error):
            raise
        raise SlugTaken(company.slug) from error
    return company


def target_of(work: Work) -> Company:
    return Company.objects.select_related("agency", "sandbox_of").get(pk=work.kept["target"])


def shut(company: Company) -> None:
    """Nobody comes in while it is filled anew."""
    company.status = CompanyStatus.PROVISIONING
    company.save(update_fields=["status", "updated_at"])
    forget_hosts()


def settle(company: Company, facts: Facts, foreign: Foreign) -> int:
    """Secrets under keys of its own, and what rooms have to put right; how many secrets that were."""
    with context.inside(company.place):
        count = take_over(foreign)
        with transaction.atomic():
            copies.settle(facts)
    return count


@transaction.atomic
def open_up(company: Company, facts: Facts, *, by: Any, source: str) -> None:
    """Hosts, doors, letters. Once, though called twice."""
    Schema.objects.filter(name=company.schema_name).update(state=SchemaState.CLAIMED)
    if not Domain.objects.filter(company=company).exists():
        add_hosts(company, own_hosts(company.agency, company.slug))
    company.status, company.copied_at = CompanyStatus.ACTIVE, timezone.now()
    company.save(update_fields=["status", "copied_at", "updated_at"])
    forget_hosts()
    with context.inside(company.place, actor=by):
        copies.greet(facts)
        trust.note("company.copied_from", by=by, subject=source, kind=facts.copy)


def facts_of(copy: Copy, company: Company, *, from_salt: str, from_agency: UUID | None) -> Facts:
    return Facts(
        copy=copy, from_salt=from_salt, owner_email=company.owner_email,
        owner_name=company.owner_email.partition("@")[0].replace(".", " ").title(),
        currency=company.currency, country=company.country, is_same_agency=company.agency_id == from_agency,
    )  # fmt: skip


def take_away(company: Company) -> None:
    """Files, schema and row. May be called twice."""
    wipe_files(company.schema_name)
    drop_schema(company.schema_name)
    Company.objects.filter(pk=company.pk).delete()
    forget_hosts()


def take_back(work: Work) -> None:
    """The undo of every kind of copy: what was never opened goes."""
    company = Company.objects.filter(pk=str(work.kept["target"])).first() if "target" in work.kept else None
    if company and company.status == CompanyStatus.PROVISIONING:
        take_away(company)


def wipe_files(schema: str) -> None:
    paths = [one.path for one in files_of(schema)]
    with context.inside(Place(schema=schema)):
        for path in paths:
            default_storage.delete(path)


def expiry(days: int) -> Any:
    return timezone.now() + timedelta(days=days)
