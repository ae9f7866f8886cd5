"""A company paused, opened again, closed for good, taken back. In public."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.actions import set_company_status
from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.fleet.lifecycle.letters import post
from tenants.kernel import trust
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid

LONGEST_DAYS = 365
MOST_REASON = 200


@transaction.atomic
def suspend_company(*, company: Company, reason: str, by: Actor) -> Company:
    """Close a company's doors, once even if asked twice. Its data stays. Raises Conflict where it is ending."""
    company = locked(company)
    if company.status == CompanyStatus.SUSPENDED:
        return company
    _check_settled(company)
    set_company_status(company=company, status=CompanyStatus.SUSPENDED)
    note("company.suspended", company, by=by, reason=reason[:MOST_REASON])
    return company


@transaction.atomic
def resume_company(*, company: Company, by: Actor) -> Company:
    """Open a suspended company again. Raises Conflict for one that is being set up or is ending."""
    company = locked(company)
    if company.status == CompanyStatus.ACTIVE:
        return company
    _check_settled(company)
    set_company_status(company=company, status=CompanyStatus.ACTIVE)
    note("company.resumed", company, by=by)
    return company


def _check_settled(company: Company) -> None:
    if company.status == CompanyStatus.PROVISIONING:
        raise Conflict(_("This company is still being set up."), fix=_("Try again in a minute."))
    if company.status == CompanyStatus.MOVING:
        raise Conflict(_("This company is being moved."), fix=_("Try again in a minute."))
    if company.status in (CompanyStatus.RETIRED, CompanyStatus.ERASING):
        raise Conflict(_("This company is closed."), fix=_("Take it back first, if there is still time."))


@transaction.atomic
def retire_company(
    *, company: Company, typed_name: str, reason: str, by: Actor, days: int | None = None, is_silent: bool = False
) -> Company:  # fmt: skip
    """Close a company for good: it waits `days` (30) for its erasure and may be taken back until then.

    Owner and agency get a mail with the date, unless the erasure follows at once (`is_silent`). Asked again, it
    stays as it is. Raises Invalid, Conflict.
    """
    days = settings.ERASE_DAYS if days is None else days
    company = locked(company)
    check_confirmed(company, typed_name=typed_name, reason=reason)
    if company.status == CompanyStatus.RETIRED:
        return company
    _check_settled(company)
    if not 0 <= days <= LONGEST_DAYS:
        raise Invalid({"days": [_("Choose from 0 to %(most)d days.") % {"most": LONGEST_DAYS}]})
    due = timezone.now() + timedelta(days=days)
    set_company_status(company=company, status=CompanyStatus.RETIRED, erase_after=due)
    note("company.closed", company, by=by, reason=reason[:MOST_REASON], erase_after=due.isoformat(timespec="minutes"))
    if not is_silent:
        post("closed", str(company.pk))
    return company


def check_confirmed(company: Company, *, typed_name: str, reason: str) -> None:
    """Whoever ends a company types its name and says why. Raises Invalid."""
    errors = {}
    if " ".join(typed_name.split()) != company.name:
        errors["confirm"] = [_("Type the name of the company: %(name)s") % {"name": company.name}]
    if not reason.strip():
        errors["reason"] = [_("Say why: it stays in the audit.")]
    if errors:
        raise Invalid(errors)


@transaction.atomic
def restore_company(*, company: Company, by: Actor) -> Company:
    """Take a closed company back: it works as before. Raises Conflict once its erasure has begun."""
    company = locked(company)
    if company.status == CompanyStatus.ACTIVE:
        return company
    if company.status != CompanyStatus.RETIRED:
        raise Conflict(_("Only a closed company can be taken back, before its erasure begins."))
    set_company_status(company=company, status=CompanyStatus.ACTIVE)
    note("company.restored", company, by=by)
    post("restored", str(company.pk))
    return company


def locked(company: Company) -> Company:
    return Company.objects.select_for_update(of=("self",)).select_related("agency").get(pk=company.pk)


def note(action: str, company: Company, *, by: Actor, **details: object) -> None:
    trust.note(action, by=by, subject=f"company:{company.pk}", agency=str(company.agency_id), **details)
