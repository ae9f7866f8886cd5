"""Mails about the life of a company: to its owner, to those who own its agency. In the brand of whom they know."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format

from tenants.directory.models import Company
from tenants.directory.queries import agency_tenant, company_tenant
from tenants.directory.tenant import Tenant
from tenants.fleet.lifecycle.rooms import owners_of
from tenants.fleet.models import Certificate, Transfer
from tenants.kernel.logs import logger
from tenants.kernel.mailing import send_branded

log = logger(__name__)


def post(kind: str, *args: str) -> None:
    """Queue a mail for after the commit: ids only, no addresses lie in a queue."""
    from tenants.fleet.tasks import write_letter

    transaction.on_commit(lambda: write_letter.delay(kind, *args), robust=True)


def write(kind: str, *args: str) -> None:
    """Nothing for what is gone meanwhile."""
    writers: dict[str, Callable[..., None]] = {
        "closed": _write_closed, "restored": _write_restored, "transfer": _write_transfer,
        "transferred": _write_transferred,
    }  # fmt: skip
    writers[kind](*args)


def _company(company_id: str) -> Company | None:
    found = Company.objects.select_related("agency").filter(pk=UUID(company_id)).first()
    if found is None:
        log.info("letter not sent: no such company", company_id=company_id)
    return found


def _write_closed(company_id: str) -> None:
    company = _company(company_id)
    if company is None or company.erase_after is None:
        return
    facts = {"company": company.name, "day": date_format(company.erase_after, "j F Y")}
    key = f"closed:{company.pk}:{company.erase_after.isoformat()}"
    _to_owner(company, "company_closed", key, facts)
    _to_agency(company, "company_closed", key, facts | {"is_agency": True})


def _write_restored(company_id: str) -> None:
    company = _company(company_id)
    if company is None:
        return
    key, facts = f"restored:{company.pk}:{company.updated_at.isoformat()}", {"company": company.name}
    _to_owner(company, "company_restored", key, facts)
    _to_agency(company, "company_restored", key, facts)


def _to_owner(company: Company, template: str, key: str, facts: dict[str, Any]) -> None:
    tenant = company_tenant(company.pk)
    values = facts | {"url": tenant.base_url, "support": tenant.brand.support_email}
    send_branded(tenant, template, company.owner_email, values, key=f"{key}:owner", language=company.language)


def _to_agency(company: Company, template: str, key: str, facts: dict[str, Any]) -> None:
    tenant = agency_tenant(company.agency_id)
    values = facts | {"url": f"{tenant.base_url}/companies/{company.pk}/"}
    _send_all(tenant, template, owners_of(company.agency_id), values, key)


def _send_all(tenant: Tenant, template: str, addresses: list[str], values: dict[str, Any], key: str) -> None:
    for number, address in enumerate(addresses):
        send_branded(tenant, template, address, values, key=f"{key}:{number}")


def send_erased(certificate: Certificate, owner_email: str) -> None:
    """Now, by whoever ends the erasure: the owner's address is in no queue. A second sending is the same mail."""
    tenant = agency_tenant(certificate.agency_id)
    url = f"{tenant.base_url}/certificates/{certificate.pk}/"
    facts = {"company": certificate.company_name, "number": certificate.pk, "url": url}
    key = f"erased:{certificate.pk}"
    _send_all(tenant, "company_erased", owners_of(certificate.agency_id), facts, key)
    if owner_email:
        send_branded(tenant, "company_erased", owner_email, facts | {"url": "", "is_owner": True}, key=f"{key}:owner")


def _transfer(transfer_id: str) -> Transfer | None:
    rows = Transfer.objects.select_related("company", "from_agency", "to_agency")
    found = rows.filter(pk=UUID(transfer_id)).first()
    if found is None:
        log.info("letter not sent: no such transfer", transfer_id=transfer_id)
    return found


def _write_transfer(transfer_id: str) -> None:
    """To the receiving agency: it is asked; and to the company's owner where consent is wanted."""
    from tenants.fleet.lifecycle.transfers import consent_url  # transfers write letters

    found = _transfer(transfer_id)
    if found is None or not found.is_open:
        return
    facts = {
        "company": found.company.name, "giver": found.from_agency.name, "taker": found.to_agency.name,
        "day": date_format(found.expires_at, "j F Y"),
    }  # fmt: skip
    tenant = agency_tenant(found.to_agency_id)
    url = f"{tenant.base_url}/transfers/"
    key = f"transfer:{found.pk}"
    _send_all(tenant, "transfer_asked", owners_of(found.to_agency_id), facts | {"url": url}, key)
    if found.needs_consent and not found.consented_at:
        giver = agency_tenant(found.from_agency_id)
        values = facts | {"url": consent_url(found)}
        send_branded(giver, "transfer_consent", found.company.owner_email, values, key=f"{key}:owner")


def _write_transferred(transfer_id: str) -> None:
    found = _transfer(transfer_id)
    if found is None:
        return
    company = found.company
    facts = {
        "company": company.name, "taker": found.to_agency.name, "renew": "\n".join(f"- {one}" for one in found.renew),
        "days": settings.MOVED_HOST_DAYS,
    }  # fmt: skip
    key = f"transferred:{found.pk}"
    _to_owner(company, "company_transferred", key, facts)
    _to_agency(company, "company_transferred", key, facts | {"is_agency": True})
    giver = agency_tenant(found.from_agency_id)
    values = facts | {"url": f"{giver.base_url}/transfers/", "is_agency": True}
    _send_all(giver, "company_transferred", owners_of(found.from_agency_id), values, f"{key}:giver")
