"""Beginning and stopping operations. In public."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.models import Agency, Company
from tenants.fleet.models import Operation
from tenants.fleet.operations.kinds import Kind
from tenants.kernel import trust
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict


@transaction.atomic
def begin(
    kind: Kind, *, by: Actor, company: Company | None = None, agency: Agency | None = None, is_queued: bool = True,
    **arguments: Any,
) -> Operation:  # fmt: skip
    """Note an operation and queue it for after the commit. `arguments` are of JSON.

    `agency` says whose it is where there is no company, or not yet.

    Not queued, the caller runs it; should that die, the reconciler finds it all the same.
    Raises Conflict while another of the same company is under way.
    """
    operation = Operation(
        kind=kind.name, company_id=company.pk if company else None, agency_id=_agency_id(company, agency),
        subject=company.name if company else "", arguments=arguments, actor_id=by.user_id, actor_name=by.name,
    )  # fmt: skip
    try:
        with transaction.atomic():
            operation.save(force_insert=True)
    except IntegrityError as error:
        if "operation_one_of_a_company" not in str(error):
            raise
        raise Conflict(_("Something else is being done to this company. Wait until it is over.")) from error
    trust.note(f"company.{kind.name}" if company else f"fleet.{kind.name}", by=by, **_subject(company, agency))
    if is_queued:
        queue(operation)
    return operation


def _agency_id(company: Company | None, agency: Agency | None) -> UUID | None:
    if company:
        return company.agency_id
    return agency.pk if agency else None


def _subject(company: Company | None, agency: Agency | None) -> dict[str, str]:
    if company:
        return {"subject": f"company:{company.pk}", "agency": str(company.agency_id)}
    return {"subject": f"agency:{agency.pk}", "agency": str(agency.pk)} if agency else {}


def queue(operation: Operation) -> None:
    """Have a worker take it up after the commit; the reconciler finds what was not queued."""
    from tenants.fleet.tasks import run_operation

    transaction.on_commit(lambda: run_operation.delay(str(operation.pk)), robust=True)


def ask_to_stop(*, operation: Operation, by: Actor) -> None:
    """Between two pieces of its work it clears up and ends. One that is over stays as it is."""
    open_one = Operation.objects.filter(pk=operation.pk, ended_at=None, stop_asked_at=None)
    if open_one.update(stop_asked_at=timezone.now()):
        trust.note("operation.stopped", by=by, subject=f"operation:{operation.pk}")
