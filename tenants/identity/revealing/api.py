"""REST: POST /api/v1/<type>/{id}/reveal."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from tenants.identity.revealing.actions import reveal_value
from tenants.identity.revealing.pages import check_no_visit
from tenants.kernel import context
from tenants.records.api import REFUSALS
from tenants.records.queries import record_for
from tenants.records.registry import RecordType
from tenants.records.rest.answers import json_answer
from tenants.records.schemas import Problem, Strict


class RevealIn(Strict):
    field: str = Field(max_length=60, description="Name of a confidential field, like custom.pan")


class RevealOut(Schema):
    field: str
    value: str | None = Field(description="None where nothing is kept")


def reveal_router(record_type: RecordType) -> Router:
    router = Router(tags=[record_type.label])

    @router.post(
        "/{uuid:record_id}/reveal", response={200: RevealOut, **REFUSALS, 429: Problem},
        operation_id=f"reveal_{record_type.name}",
    )  # fmt: skip
    def reveal(request: HttpRequest, record_id: UUID, body: RevealIn) -> Any:
        """A confidential value in the clear. Needs the verb reveal; noted in the audit; at most 30 in an hour."""
        check_no_visit(request)
        actor = context.actor()
        value = reveal_value(record=record_for(actor, record_type, record_id), name=body.field, by=actor)
        answer = json_answer({"field": body.field, "value": value or None})
        answer["Cache-Control"] = "no-store"
        return answer

    return router
