"""`/api/v1/<type>/{id}/shares`: who has a record by share. One declaration for every type."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.records.models import Share
from tenants.records.queries import record_for
from tenants.records.registry import RecordType
from tenants.records.schemas import Problem, Ref, Strict
from tenants.records.sharing.actions import share_record, unshare_record
from tenants.records.sharing.queries import require_share, share_here, shares_of, short_of

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)


class ShareIn(Strict):
    """One person or one team."""

    user_id: UUID | None = None
    team_id: UUID | None = None
    may_edit: bool = Field(False, description="False: to look only")


class ShareOut(Schema):
    id: UUID
    user: Ref | None
    team: Ref | None
    may_edit: bool
    shared_by: Ref | None
    created_at: datetime
    note: str = Field(description="Why it opens less than it says, if it does")


class SharesOut(Schema):
    items: list[ShareOut]


def shares_router(record_type: RecordType) -> Router:
    router = Router(tags=[record_type.label])
    name = record_type.name

    @router.get(
        "/{uuid:record_id}/shares", response={200: SharesOut, **REFUSALS}, operation_id=f"list_shares_of_{name}"
    )
    def listing(request: HttpRequest, record_id: UUID) -> Any:
        """Who has the record by share. For those who may share it."""
        found = record_for(context.actor(), record_type, record_id)
        require_share(context.actor(), found)
        return {"items": [_told(share, record_type) for share in shares_of(found)]}

    @router.post(
        "/{uuid:record_id}/shares", response={200: ShareOut, 201: ShareOut, **REFUSALS}, operation_id=f"share_{name}"
    )
    def share(request: HttpRequest, record_id: UUID, body: ShareIn) -> Any:
        """Open the record to a person or a team; sent again it changes how far."""
        found = record_for(context.actor(), record_type, record_id)
        made, is_new = share_record(record=found, **body.dict(), by=context.actor())
        return Status(201 if is_new else 200, _told(made, record_type))

    @router.delete(
        "/{uuid:record_id}/shares/{uuid:share_id}", response={204: None, **REFUSALS}, operation_id=f"unshare_{name}"
    )
    def unshare(request: HttpRequest, record_id: UUID, share_id: UUID) -> Any:
        """Take a share away. One's own may always be given up."""
        found = record_for(context.actor(), record_type, record_id)
        unshare_record(record=found, share=share_here(found, share_id), by=context.actor())
        return Status(204, None)

    return router


def _told(share: Share, record_type: RecordType) -> dict[str, Any]:
    return {
        "id": share.pk, "user": _ref(share.user), "team": _ref(share.team), "may_edit": share.may_edit,
        "shared_by": _ref(share.shared_by), "created_at": share.created_at, "note": short_of(share, record_type),
    }  # fmt: skip


def _ref(one: Any) -> dict[str, Any] | None:
    return {"id": one.pk, "name": str(one)} if one else None
