"""A stand-in for Exotel's v1 REST interface: same paths, same checks, same callbacks.

Calls live in memory and age by the clock. What happens on a call is told by its
scenario, chosen by the number called. `Calls/<sid>/hangup` is an addition of ours:
Exotel has no such thing.
"""

import json
import secrets
import threading
import time
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tenants.voice.tones import conversation
from tests.fakes import callbacks
from tests.fakes.server import Answer, Asked, as_json

ZONE = ZoneInfo("Asia/Kolkata")
TIME = "%Y-%m-%d %H:%M:%S"
REQUIRED = ("From", "To", "CallerId")
KNOWN = {
    *REQUIRED, "CallType", "TimeLimit", "TimeOut", "WaitUrl", "Record", "RecordingChannels", "RecordingFormat",
    "CustomField", "StatusCallback", "StatusCallbackContentType", "StatusCallbackEvents[0]", "StatusCallbackEvents[1]",
}  # fmt: skip
MOST_TRIES = 3
FINAL = ("completed", "busy", "no-answer", "failed", "canceled")


@dataclass(frozen=True)
class Scenario:
    """How a call goes. `end` other than completed: the customer's phone is never answered."""

    ring_seconds: float = 1.0
    talk_seconds: float = 4.0
    end: str = "completed"
    callback_times: int = 1
    """How often each callback is sent."""
    is_reversed: bool = False
    """The answered callback comes after the terminal one."""
    is_silent: bool = False
    """No callbacks at all: only look-up tells."""
    recording_after: float = 0.5


@dataclass
class Call:
    sid: str
    account: str
    asked: dict[str, str]
    scenario: Scenario
    created: float
    recording_seed: int
    hung_up: float | None = None
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def answered(self) -> float | None:
        at = self.created + self.scenario.ring_seconds
        is_answered = self.scenario.end == "completed" and (self.hung_up is None or self.hung_up > at)
        return at if is_answered else None

    @property
    def ended(self) -> float:
        planned = self.created + self.scenario.ring_seconds
        if self.scenario.end == "completed":
            planned += self.scenario.talk_seconds
        return min(planned, self.hung_up or planned)

    @property
    def end(self) -> str:
        return self.scenario.end if self.answered or self.scenario.end != "completed" else "no-answer"

    def status(self, now: float) -> str:
        return self.end if now >= self.ended else "in-progress"

    @property
    def talked(self) -> int:
        return max(1, round(self.ended - self.answered)) if self.answered else 0

    @property
    def is_recorded(self) -> bool:
        return self.asked.get("Record") == "true" and bool(self.talked)


class Exotel:
    """The app behind `/exotel`. An account's key is `key-<sid>`, its token `token-<sid>`."""

    def __init__(self, default: Scenario | None = None) -> None:
        self.default = default or Scenario()
        self.by_ending = {
            "0001": replace(self.default, end="busy"),
            "0002": replace(self.default, end="no-answer", ring_seconds=self.default.ring_seconds * 2),
            "0003": replace(self.default, end="failed"),
        }
        self.calls: dict[str, Call] = {}
        self.callback_statuses: list[int] = []
        self.retry_pause_seconds = 0.2
        self.lost_answers = 0
        """So many place-call requests are carried out but answered 504."""
        self.refuse_with: tuple[int, str] | None = None

    def __call__(self, asked: Asked) -> Answer:
        kind, _slash, rest = asked.path.partition("/")
        if kind == "recordings":
            return self._recording(asked, rest)
        steps = asked.path.split("/")
        if steps[:2] != ["v1", "Accounts"] or len(steps) < 4:
            return _refusal(404, "Resource not found")
        account, resource = steps[2], "/".join(steps[3:])
        if not _is_allowed(asked, account):
            return _refusal(401, "Authentication failed")
        return self._resource(asked, account, resource)

    def _resource(self, asked: Asked, account: str, resource: str) -> Answer:
        if (asked.method, resource) == ("POST", "Calls/connect.json"):
            return self._connect(asked, account)
        if (asked.method, resource) == ("GET", "Calls.json"):
            return self._list(asked, account)
        if (asked.method, resource) == ("GET", "IncomingPhoneNumbers.json"):
            return as_json({"IncomingPhoneNumbers": [{"IncomingPhoneNumber": {"PhoneNumber": "08047100001"}}]})
        sid, _slash, verb = resource.removeprefix("Calls/").partition("/")
        call = self.calls.get(sid.removesuffix(".json"))
        if not call or call.account != account:
            return _refusal(404, "Call not found")
        if (asked.method, verb) == ("POST", "hangup"):
            call.hung_up = call.hung_up or time.time()
            return as_json({"Call": self._shown(call, asked)})
        return as_json({"Call": self._shown(call, asked) | _details(call)})

    def _connect(self, asked: Asked, account: str) -> Answer:
        form = asked.form
        if "urlencoded" not in asked.headers.get("content-type", ""):
            return _refusal(400, "Body must be application/x-www-form-urlencoded")
        for name in REQUIRED:
            if not form.get(name):
                return _refusal(400, f"{name} is missing")
        if unknown := set(form) - KNOWN:
            return _refusal(400, f"Unknown parameter {sorted(unknown)[0]}")
        if len(form.get("CustomField", "")) > 128 or int(form.get("TimeLimit", "0")) > 14400:
            return _refusal(400, "CustomField or TimeLimit is out of range")
        if self.refuse_with:
            return _refusal(*self.refuse_with)
        return self._placed(asked, account, form)

    def _placed(self, asked: Asked, account: str, form: dict[str, str]) -> Answer:
        scenario = self.by_ending.get(form["To"][-4:], self.default)
        sid = secrets.token_hex(16)
        call = Call(sid, account, form, scenario, time.time(), secrets.randbelow(1000))
        self.calls[sid] = call
        threading.Thread(target=self._play, args=(call, asked.base_url), daemon=True).start()
        if self.lost_answers:
            self.lost_answers -= 1
            return Answer(504)
        shown = self._shown(call, asked) | {"Status": "in-progress", "EndTime": None, "RecordingUrl": None}
        return as_json({"Call": shown})

    def _list(self, asked: Asked, account: str) -> Answer:
        window = dict(part.split(":", 1) for part in asked.query.get("DateCreated", "").split(";") if ":" in part)
        found = [
            self._shown(call, asked)
            for call in self.calls.values()
            if call.account == account
            and all(
                _plain(asked.query[name]) == _plain(call.asked[name]) for name in ("To", "From") if name in asked.query
            )
            and window.get("gte", "") <= _written(call.created) <= window.get("lte", "9999")
        ]
        return as_json({"Metadata": {"Total": len(found), "NextPageUri": None}, "Calls": found})

    def _shown(self, call: Call, asked: Asked) -> dict[str, Any]:
        now = time.time()
        is_over = now >= call.ended
        return {
            "Sid": call.sid, "ParentCallSid": None, "AccountSid": call.account,
            "DateCreated": _written(call.created), "DateUpdated": _written(min(now, call.ended)),
            "To": _plain(call.asked["To"]), "From": _plain(call.asked["From"]),
            "PhoneNumberSid": _plain(call.asked["CallerId"]), "Status": call.status(now),
            "StartTime": _written(call.created), "EndTime": _written(call.ended) if is_over else None,
            "Duration": str(round(call.ended - call.created)) if is_over else None, "Price": None,
            "Direction": "outbound-api", "AnsweredBy": None, "ForwardedFrom": None, "CallerName": None,
            "Uri": f"/v1/Accounts/{call.account}/Calls.json/{call.sid}",
            "RecordingUrl": _recording_url(call, asked.base_url) if is_over else None,
        }  # fmt: skip

    def _recording(self, asked: Asked, path: str) -> Answer:
        account, _slash, name = path.partition("/")
        call = self.calls.get(name.removesuffix(".wav"))
        if not _is_allowed(asked, account):
            return _refusal(401, "Authentication failed")
        if not call or call.account != account or not call.is_recorded:
            return _refusal(404, "Recording not found")
        if time.time() < call.ended + call.scenario.recording_after:
            return _refusal(404, "Recording is not ready")
        sound = conversation(min(60, max(4, call.talked)), seed=call.recording_seed)
        return Answer(200, sound, {"Content-Type": "audio/x-wav"})

    def _play(self, call: Call, base_url: str) -> None:
        """Tell the webhook what happens, when it happens, as often and in the order the scenario says."""
        told: list[tuple[str, Callable[[], float]]] = [
            ("answered", lambda: call.answered or 0),
            ("terminal", lambda: call.ended),
        ]
        if call.scenario.is_reversed:
            told.reverse()
        for event, moment in told:
            while time.time() < (at := moment()) and not (event == "answered" and call.hung_up):
                time.sleep(min(0.05, max(0.0, at - time.time())))
            if event == "terminal" or call.answered:
                self._tell(call, event, base_url)
        call.done.set()

    def _tell(self, call: Call, event: str, base_url: str) -> None:
        wished = {call.asked.get("StatusCallbackEvents[0]"), call.asked.get("StatusCallbackEvents[1]")}
        url = call.asked.get("StatusCallback")
        if not url or event not in wished or call.scenario.is_silent:
            return
        fields = callback_fields(call, event, base_url)
        for _time in range(call.scenario.callback_times):
            self._send(url, call.asked.get("StatusCallbackContentType", "multipart/form-data"), fields)

    def _send(self, url: str, kind: str, fields: dict[str, Any]) -> None:
        """Two more tries when the answer is no 2xx, as Exotel does."""
        body: dict[str, Any] = {"json": fields}
        if kind != "application/json":
            body = {"files": {name: (None, str(value)) for name, value in _flat(fields).items()}}
        for attempt in range(MOST_TRIES):
            status = callbacks.post(url, **body)
            self.callback_statuses.append(status)
            if 200 <= status < 300:
                return
            time.sleep(self.retry_pause_seconds * 2**attempt)


def callback_fields(call: Call, event: str, base_url: str) -> dict[str, Any]:
    """The fields of a status callback with events subscribed."""
    is_over = event == "terminal"
    at = call.ended if is_over else call.answered or call.created
    customer = call.end if is_over else None
    recording = _recording_url(call, base_url) if is_over else None
    return {
        "CallSid": call.sid, "EventType": event, "DateCreated": _written(call.created), "DateUpdated": _written(at),
        "Status": call.end if is_over else "in-progress",
        "To": _plain(call.asked["To"]), "From": _plain(call.asked["From"]),
        "PhoneNumberSid": _plain(call.asked["CallerId"]), "StartTime": _written(call.created),
        "EndTime": _written(call.ended) if is_over else "1970-01-01 05:30:00",
        "ConversationDuration": call.talked if is_over else 0, "Direction": "outbound-api",
        "CustomField": call.asked.get("CustomField", ""),
        "RecordingUrl": recording or "",
        "Legs": [
            _leg(round(at - call.created), "completed" if is_over else None, "NA"),
            _leg(call.talked if is_over else 0, customer, "HUMAN"),
        ],
    }  # fmt: skip


def _leg(seconds: int, status: str | None, who: str) -> dict[str, Any]:
    return {"OnCallDuration": seconds, "Status": status, "AnsweredBy": who}


def _details(call: Call) -> dict[str, Any]:
    is_over = time.time() >= call.ended
    return {
        "Details": {
            "ConversationDuration": call.talked if is_over else 0,
            "Leg1Status": "completed" if is_over else None,
            "Leg2Status": call.end if is_over else None,
        }
    }


def _recording_url(call: Call, base_url: str) -> str | None:
    return f"{base_url}/recordings/{call.account}/{call.sid}.wav" if call.is_recorded else None


def _is_allowed(asked: Asked, account: str) -> bool:
    kind, _space, secret = asked.headers.get("authorization", "").partition(" ")
    try:
        shown = b64decode(secret).decode()
    except ValueError:
        return False
    return kind == "Basic" and shown == f"key-{account}:token-{account}"


def _refusal(status: int, message: str) -> Answer:
    return as_json({"RestException": {"Status": status, "Message": message}}, status)


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, ZONE).strftime(TIME)


def _plain(number: str) -> str:
    """Indian numbers come back as 0 and ten digits."""
    return f"0{number[3:]}" if number.startswith("+91") else number


def _flat(fields: dict[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in fields.items() if name != "Legs"}
    for at, leg in enumerate(fields["Legs"]):
        flat |= {f"Legs[{at}][{name}]": json.dumps(value) if value is None else value for name, value in leg.items()}
    return flat
