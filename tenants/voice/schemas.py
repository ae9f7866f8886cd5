"""API shapes of phone calls."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from tenants.records.schemas import Strict
from tenants.voice.enums import LOGGED, CallStatus, Direction, Disposition

RecordTypeName = Literal["contacts", "accounts", "deals"]


class PhoneCallIn(Strict):
    record_type: RecordTypeName
    record_id: UUID
    to: str = Field("", max_length=40, description="Number to call; the record's own when empty")


class LoggedCallIn(PhoneCallIn):
    outcome: Literal[tuple(one.value for one in LOGGED)]  # type: ignore[valid-type]
    direction: Literal[tuple(Direction.values)] = Direction.OUTBOUND.value  # type: ignore[valid-type]
    started_at: datetime | None = None
    talk_seconds: int = Field(0, ge=0, le=86_400)
    notes: str = Field("", max_length=20_000)
    disposition: Literal[("", *Disposition.values)] = ""  # type: ignore[valid-type]


class PhoneCallOut(Schema):
    """A call as it stands. `is_final` once nothing but its recording can change."""

    id: UUID
    status: Literal[tuple(CallStatus.values)]  # type: ignore[valid-type]
    is_final: bool
    outcome: str
    direction: str
    provider: str
    provider_id: str
    from_number: str
    to_number: str
    record_type: str
    record_id: UUID | None
    contact_id: UUID | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    talk_seconds: int | None
    recording_url: str
    recording_seconds: int | None
    failure: str
    notes: str
    disposition: str
