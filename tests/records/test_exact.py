"""Bodies and addresses are taken as the API document describes them, not as pydantic would guess."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from ninja import Schema
from pydantic import Field, ValidationError

from tenants.records.schemas import Asked, Strict
from tests.factories import Twin


class Visit(Strict):
    on: date | None = None


class Plan(Strict):
    is_open: bool = False
    due_at: datetime | None = None
    seats: int = Field(1, ge=0)
    price: Decimal | None = None
    visits: list[Visit] = []
    type: str = ""


class Plans(Asked):
    is_open: bool = False
    since: date | None = None


@pytest.mark.parametrize(
    "body",
    [{"is_open": 0}, {"is_open": "false"}, {"due_at": 0}, {"due_at": "1700000000"}, {"due_at": True}, {"seats": "5"},
     {"seats": True}, {"visits": [{"on": 20_000}]}, {"visits": [{"on": "20000"}]}, {"seat": 1}],
)  # fmt: skip
def test_a_body_that_is_not_as_described_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Plan.model_validate(body)


def test_a_body_as_described_is_taken() -> None:
    plan = Plan.model_validate(
        {"is_open": True, "due_at": "2026-11-30T15:00:00Z", "seats": 2, "price": "1.50", "type": "yearly",
         "visits": [{"on": "2026-11-30"}]}
    )  # fmt: skip

    assert plan.due_at == datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert (plan.seats, plan.price, plan.visits[0].on) == (2, Decimal("1.50"), date(2026, 11, 30))


@pytest.mark.parametrize("asked", [{"since": "0"}, {"since": "0.5"}, {"since": "-86400"}])
def test_an_address_that_gives_a_number_for_a_day_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="Write it as 2026-11-30"):
        Plans.model_validate(asked)


def test_in_an_address_everything_is_text() -> None:
    asked = Plans.model_validate({"is_open": "true", "since": "2026-11-30"})

    assert asked.is_open
    assert asked.since == date(2026, 11, 30)


def test_the_document_says_the_same() -> None:
    """Only the taking is stricter."""

    class Loose(Schema):
        is_open: bool = False
        since: date | None = None

    assert Plans.model_json_schema()["properties"] == Loose.model_json_schema()["properties"]


@pytest.mark.parametrize(
    ("path", "field"), [("/api/v1/audit?until=0", "until"), ("/api/v1/webhook-deliveries?until=0.5", "until")]
)
def test_the_api_names_the_field_and_the_fix(company: Twin, path: str, field: str) -> None:
    answer = company.with_key().get(path)

    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert "Write it as 2026-11-30" in answer.content.decode()
