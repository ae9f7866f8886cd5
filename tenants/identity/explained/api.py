"""`/api/v1/<type>/{id}/access`: who may do what with a record, and why. One declaration for every type."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from tenants.identity.explained.queries import Member, member_of, members_of
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.queries import record_for
from tenants.records.registry import RecordType
from tenants.records.schemas import Problem, Ref

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422), Problem)
MOST_PAGES = 10_000


class AccessAsked(Schema):
    model_config = ConfigDict(extra="forbid")
    user: str = Field("", max_length=36, description="Id of one person, or `me`: with every verb and field")
    q: str = Field("", max_length=200, description="Part of a name or address")
    page: int = Field(1, ge=1, le=MOST_PAGES, description="`next` of the page before")


class StepOut(Schema):
    kind: Literal["role", "own", "team", "rule", "share"]
    words: str
    holds: bool
    lent_by: str = Field(description="Whose right it is, and until when, where somebody lends it")


class VerbOut(Schema):
    verb: Literal["view", "edit", "delete", "export", "reveal"]
    is_allowed: bool
    refusal: str
    steps: list[StepOut] = Field(description="Every way that was tried, the widest first")
    needed: list[str] = Field(description="What would open it, one being enough")


class FieldAccessOut(Schema):
    name: str
    label: str
    access: Literal["hidden", "read_only", "editable"]
    chain: list[str] = Field(description="What makes it so, the last deciding")


class MemberAccessOut(Schema):
    user: Ref
    role: str
    verbs: list[VerbOut]
    fields: list[FieldAccessOut] = Field(description="Only where one person is asked about")


class AccessOut(Schema):
    items: list[MemberAccessOut]
    next: int | None
    total: int


def access_router(record_type: RecordType) -> Router:
    router = Router(tags=[record_type.label])

    @router.get(
        "/{uuid:record_id}/access", response={200: AccessOut, **REFUSALS},
        operation_id=f"explain_access_to_{record_type.name}",
    )  # fmt: skip
    def access(request: HttpRequest, record_id: UUID, asked: Query[AccessAsked]) -> Any:
        """Who may see, edit and delete the record, and why. For owners and administrators; `user=me` for everybody."""
        actor = context.actor()
        found = record_for(actor, record_type, record_id)
        if asked.user:
            one = member_of(actor, found, _id_of(asked.user))
            return {"items": [_told(one)], "next": None, "total": 1}
        page = members_of(actor, found, text=asked.q.replace("\x00", ""), page=asked.page)
        return {"items": [_told(one) for one in page.items], "next": page.next, "total": page.total}

    return router


def _id_of(text: str) -> UUID:
    mine = context.actor().user_id
    try:
        return mine if text == "me" and mine else UUID(text)
    except ValueError as error:
        raise Invalid({"user": ["Give the id of a user, or `me`."]}) from error


def _told(one: Member) -> dict[str, Any]:
    return {"user": {"id": one.user.pk, "name": str(one.user)}, "role": one.role, "verbs": one.verbs,
            "fields": one.fields}  # fmt: skip
