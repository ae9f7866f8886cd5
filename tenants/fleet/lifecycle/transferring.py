"""The move of a company to another agency. Its data stays where it is: keys and files are salted with its id."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.directory.actions import check_slug, set_company_status
from tenants.directory.enums import AgencyStatus, CompanyStatus
from tenants.directory.models import Company
from tenants.directory.own_hosts import is_slug_taken, settle_hosts
from tenants.fleet.lifecycle import clearing, rooms
from tenants.fleet.lifecycle.closing import locked
from tenants.fleet.lifecycle.letters import post
from tenants.fleet.lifecycle.renaming import what_breaks
from tenants.fleet.lifecycle.transfers import note_both, transfer_by_id
from tenants.fleet.models import Operation, Transfer, TransferState
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.kernel import context
from tenants.kernel.errors import Conflict


def _row(work: Work) -> Transfer:
    return transfer_by_id(work.arguments["transfer"])


@step(gettext_lazy("Closing the doors for a moment"))
def close_doors(work: Work) -> None:
    """Raises DomainError where something has come between since it was agreed."""
    with transaction.atomic():
        row, company = _row(work), locked(work.company)
        if company.status == CompanyStatus.MOVING:
            work.keep(status=work.kept.get("status") or _status_before(company))
            return
        if company.agency_id == row.to_agency_id:
            return
        if company.status not in (CompanyStatus.ACTIVE, CompanyStatus.SUSPENDED):
            raise Conflict(_("This company is closed, or something is being done to it."))
        if row.to_agency.status != AgencyStatus.ACTIVE:
            raise Conflict(_("The receiving agency is not open."))
        rooms.check_may_take(row.to_agency)
        work.keep(status=company.status)
        set_company_status(company=company, status=CompanyStatus.MOVING)


def _status_before(company: Company) -> str:
    """What it was before a move that was given up half way."""
    former = Operation.objects.filter(kind="transfer", company_id=company.pk).order_by("-id")
    return next((str(one.kept["status"]) for one in former if "status" in one.kept), CompanyStatus.ACTIVE)


@step(gettext_lazy("Handing over"))
def hand_over(work: Work) -> None:
    """Agency, address, hosts and brand in one transaction, told in both audits."""
    with transaction.atomic():
        row, company = _row(work), locked(work.company)
        if company.agency_id == row.to_agency_id:
            return
        check_slug(row.slug, is_taken=lambda one: is_slug_taken(row.to_agency, one, company=company))
        company.agency, company.slug = row.to_agency, row.slug
        company.save(update_fields=["agency", "slug", "updated_at"])
        clearing.drop_brand(company)  # it was part of the former agency's
        settle_hosts(company)
        note_both("company.transferred", row, by=work.actor)


@step(gettext_lazy("Ending what the former agency held"))
def end_former(work: Work) -> None:
    row = _row(work)
    for name, room in rooms.moving.items():
        if name not in work.kept.get("ended", {}):
            with transaction.atomic(), context.acting(work.actor):
                lines = room(work.company, row.from_agency)
                work.keep(ended=work.kept.get("ended", {}) | {name: lines})


@step(gettext_lazy("Opening the doors"))
def open_doors(work: Work) -> None:
    row = _row(work)
    if row.state == TransferState.DONE:
        return
    renew = [*what_breaks(), *(line for lines in work.kept.get("ended", {}).values() for line in lines)]
    with transaction.atomic():
        row.state, row.renew = TransferState.DONE, [str(line) for line in renew]
        row.save(update_fields=["state", "renew", "updated_at"])
        status = CompanyStatus(work.kept.get("status", CompanyStatus.ACTIVE))
        set_company_status(company=work.company, status=status)
        post("transferred", str(row.pk))
    work.give(renew=row.renew)


def _step_back(work: Work) -> None:
    """Before the handing over all is as it was. After it the sweep goes on: what was held has to end first."""
    row, company = _row(work), work.company
    if company.agency_id == row.to_agency_id:
        return
    with transaction.atomic():
        if company.status == CompanyStatus.MOVING:
            set_company_status(company=company, status=CompanyStatus(work.kept["status"]))
        Transfer.objects.filter(pk=row.pk, state=TransferState.MOVING).update(state=TransferState.FAILED)


TRANSFER = register(
    Kind(
        name="transfer", label=gettext_lazy("Transfer"), undo=_step_back,
        steps=(close_doors, hand_over, end_former, open_doors),
    )
)  # fmt: skip
