"""Beginning fleet commands. In public; whoever calls has asked whether the actor may."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tenants.directory.models import Agency
from tenants.fleet.commands.choosing import companies_for
from tenants.fleet.commands.kinds import COMMAND
from tenants.fleet.commands.registry import command_named
from tenants.fleet.models import Operation
from tenants.fleet.operations.actions import begin
from tenants.fleet.upgrading.canary import size_of
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid

CANARY = "1"
STOP_AFTER = 3


def begin_command(
    *,
    name: str,
    values: Mapping[str, Any],
    selection: Mapping[str, Any],
    by: Actor,
    is_dry: bool,
    canary: str = CANARY,
    stop_after: int = STOP_AFTER,
    agency: Agency | None = None,
    is_queued: bool = True,
) -> Operation:
    """Do something to many companies: dry, or a few first and then the rest.

    With an agency: to its own companies only. Raises NotFound, Denied, Invalid.
    """
    command = command_named(name)
    if agency and not command.is_for_agencies:
        raise Denied(_("This command is for those who run the platform."))
    checked = command.checked(values)
    size_of(canary, 1)
    if stop_after < 1:
        raise Invalid({"stop_after": [_("Choose a number from 1 on.")]})
    rows = companies_for(selection, agency_id=agency.pk if agency else None)
    companies = [str(pk) for pk in rows.values_list("pk", flat=True)]
    if not companies:
        raise Invalid({"companies": [_("No open company is chosen by this.")]})
    return begin(
        COMMAND, by=by, is_queued=is_queued, agency=agency, command=name, values=checked,
        companies=companies, is_dry=is_dry, canary="0" if is_dry else canary,
        stop_after=len(companies) + 1 if is_dry else stop_after,
    )  # fmt: skip


def operation_of_agency(agency_id: UUID, operation_id: UUID) -> Operation | None:
    return Operation.objects.filter(kind=COMMAND.name, agency_id=agency_id, pk=operation_id).first()
