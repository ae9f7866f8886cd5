"""Reads of what is beside companies. In public."""

from uuid import UUID

from tenants.fleet.restoring.models import Restore, RestoreState
from tenants.kernel.context import Place
from tenants.kernel.errors import NotFound


def restore_beside(company_id: UUID) -> Restore | None:
    """What is beside the company, or on its way there."""
    return Restore.objects.filter(company_id=company_id).exclude(state=RestoreState.GONE).first()


def restore_of(company_id: UUID, restore_id: UUID) -> Restore:
    """Raises NotFound, for those of other companies too."""
    found = Restore.objects.filter(company_id=company_id, pk=restore_id).first()
    if not found:
        raise NotFound("No such restored copy")
    return found


def place_of(restore: Restore) -> Place:
    """To look into the copy: as its own role, with the company's keys."""
    return Place(
        schema=restore.schema_name,
        role=restore.schema_name,
        company_id=restore.company_id,
        agency_id=restore.agency_id,
    )
