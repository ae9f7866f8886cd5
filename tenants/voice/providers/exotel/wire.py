"""How Exotel writes calls, and what that means here.

Times have no zone and are India's; numbers come as 0 and ten digits; durations
come as strings or numbers of seconds; callbacks as JSON, form or multipart.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import phonenumbers
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from tenants.voice.enums import CallStatus
from tenants.voice.providers.base import CallState, CallUpdate, Unreadable

ZONE = ZoneInfo("Asia/Kolkata")
TIME = "%Y-%m-%d %H:%M:%S"
# A constant that Exotel writes where there is no time.
NO_TIME = "1970-01-01 05:30:00"
STATUSES = {
    "queued": CallStatus.QUEUED,
    "ringing": CallStatus.RINGING,
    "in-progress": CallStatus.IN_PROGRESS,
    "completed": CallStatus.COMPLETED,
    "busy": CallStatus.BUSY,
    "no-answer": CallStatus.NO_ANSWER,
    "failed": CallStatus.FAILED,
    "canceled": CallStatus.CANCELLED,
}
LEG_KEY = re.compile(r"^Legs\[(\d)\]\[(\w+)\]$")


def status(word: Any) -> CallStatus:
    found = STATUSES.get(str(word or "").strip().lower())
    if found is None:
        raise Unreadable(f"Exotel said an unknown status: {str(word)[:40]!r}.")
    return found


def moment(text: Any) -> datetime | None:
    """`2026-01-12 11:02:10` of India as UTC."""
    if not text or text == NO_TIME:
        return None
    try:
        return datetime.strptime(str(text), TIME).replace(tzinfo=ZONE).astimezone(UTC)
    except ValueError:
        return None


def local(value: datetime) -> str:
    return value.astimezone(ZONE).strftime(TIME)


def e164(text: Any) -> str:
    try:
        number = phonenumbers.parse(str(text or ""), "IN")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def seconds(value: Any) -> int | None:
    try:
        return max(0, round(float(value)))
    except (TypeError, ValueError, OverflowError):
        return None


def state(call: Mapping[str, Any]) -> CallState:
    """A call as look-up gives it, with `Details` when they were asked for."""
    details = call.get("Details") or {}
    # Filled in minutes after the end; until then a nought says nothing.
    talked = seconds(details.get("ConversationDuration")) or None
    return CallState(
        provider_id=str(call.get("Sid") or ""),
        status=_looked_up(status(call.get("Status")), details.get("Leg2Status"), talked),
        from_number=e164(call.get("From")),
        to_number=e164(call.get("To")),
        created_at=moment(call.get("DateCreated")),
        ended_at=moment(call.get("EndTime")),
        talk_seconds=talked,
        recording_url=str(call.get("RecordingUrl") or ""),
    )


def _looked_up(found: CallStatus, second_leg: Any, talked: int | None) -> CallStatus:
    """Exotel says in-progress from the moment the agent's phone rings; only talk proves an answer."""
    if found == CallStatus.IN_PROGRESS and not second_leg and not talked:
        return CallStatus.RINGING
    return _by_customer(found, second_leg)


def _by_customer(found: CallStatus, second_leg: Any) -> CallStatus:
    """A call may be completed though the customer never answered: the second leg tells."""
    if found != CallStatus.COMPLETED or not second_leg:
        return found
    return STATUSES.get(str(second_leg).lower(), found)


def update(told: Mapping[str, Any]) -> CallUpdate:
    """One status callback."""
    sid = str(told.get("CallSid") or "")
    if not sid:
        raise Unreadable("Exotel's callback names no call.")
    is_answer = str(told.get("EventType") or "").lower() == "answered"
    legs = told.get("Legs") or []
    customer = legs[1] if len(legs) > 1 and isinstance(legs[1], Mapping) else {}
    ended = None if is_answer else moment(told.get("EndTime")) or moment(told.get("DateUpdated"))
    talked = None if is_answer else _talked(told, customer)
    end = CallStatus.IN_PROGRESS if is_answer else _by_customer(status(told.get("Status")), customer.get("Status"))
    return CallUpdate(
        key=_key(told),
        provider_id=sid,
        own_id=str(told.get("CustomField") or ""),
        status=end,
        from_number=e164(told.get("From")),
        to_number=e164(told.get("To")),
        created_at=moment(told.get("DateCreated")),
        answered_at=moment(told.get("DateUpdated")) if is_answer else _answered(ended, talked),
        ended_at=ended,
        talk_seconds=talked,
        recording_url=str(told.get("RecordingUrl") or ""),
    )


def _talked(told: Mapping[str, Any], customer: Mapping[str, Any]) -> int | None:
    talked = seconds(told.get("ConversationDuration"))
    return talked if talked is not None else seconds(customer.get("OnCallDuration"))


def _answered(ended: datetime | None, talked: int | None) -> datetime | None:
    return ended - timedelta(seconds=talked) if ended and talked else None


def _key(told: Mapping[str, Any]) -> str:
    """Exotel numbers no events; these four together tell two apart."""
    parts = [str(told.get(name) or "") for name in ("CallSid", "EventType", "Status", "DateUpdated")]
    return sha256("\n".join(parts).encode()).hexdigest()


def payload(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The fields of a callback in any of the three encodings. Raises Unreadable."""
    kind = headers.get("content-type", "").lower()
    try:
        if "json" in kind:
            found = json.loads(body)
        elif "multipart" in kind:
            found = _nested(_multipart(headers, body))
        else:
            found = _nested(parse_qsl(body.decode(), keep_blank_values=True))
    except (ValueError, MultiPartParserError) as error:
        raise Unreadable("The callback's body is neither JSON nor a form.") from error
    if not isinstance(found, dict):
        raise Unreadable("The callback's body is not an object.")
    return found


def _multipart(headers: Mapping[str, str], body: bytes) -> list[tuple[str, str]]:
    meta = {"CONTENT_TYPE": headers.get("content-type", ""), "CONTENT_LENGTH": len(body)}
    fields, _files = MultiPartParser(meta, BytesIO(body), []).parse()
    return [(str(name), str(value)) for name, value in fields.items()]


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`Legs[1][Status]` as a list of objects."""
    found: dict[str, Any] = {}
    legs: dict[int, dict[str, str]] = {}
    for name, value in pairs:
        if leg := LEG_KEY.match(name):
            legs.setdefault(int(leg[1]), {})[leg[2]] = value
        else:
            found[name] = value
    if legs:
        found["Legs"] = [legs.get(at, {}) for at in range(max(legs) + 1)]
    return found
