"""The REST resource `view-as`, for browsers: keys act for themselves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from tenants.identity.queries import user_by_id
from tenants.identity.viewing.inside import Viewing, begin, end, viewing_of
from tenants.kernel import context
from tenants.kernel.errors import NotFound
from tenants.records.schemas import Problem, Ref, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
router = Router(tags=["View as"])


class ViewingIn(Strict):
    user_id: UUID
    minutes: int = Field(30, description="15, 30 or 60")


class ViewingOut(Schema):
    user: Ref
    viewer: Ref
    ends_at: datetime


@router.get("", response={200: ViewingOut, **REFUSALS}, operation_id="get_view_as")
def current(request: HttpRequest) -> Any:
    """As whom this browser looks; 404 when it does not."""
    found = viewing_of(request)
    if not found:
        raise NotFound("This browser views as nobody.")
    return _told(found)


@router.post("", response={201: ViewingOut, **REFUSALS}, operation_id="begin_view_as")
def start(request: HttpRequest, body: ViewingIn) -> Any:
    """See the company as a member does, read-only, for a while."""
    found = begin(request, seen=user_by_id(body.user_id), minutes=body.minutes, by=context.actor())
    return Status(201, _told(found))


@router.delete("", response={204: None, **REFUSALS}, operation_id="leave_view_as")
def leave(request: HttpRequest) -> Any:
    found = viewing_of(request)
    if found:
        end(request, found, how="left")
    return Status(204, None)


def _told(found: Viewing) -> dict[str, Any]:
    people = {"user": found.seen, "viewer": found.viewer}
    return {name: {"id": one.pk, "name": str(one)} for name, one in people.items()} | {"ends_at": found.ends_at}
