"""Events: what happened, what failed, what is told again."""

from datetime import timedelta
from typing import Any

from django.utils.timezone import localtime

from tests.matrix.needs import SETTINGS
from tests.matrix.samples import row, the
from tests.matrix.scene import EAR

CHOSEN = {"ids": [the.undelivered]}


def _stretch(things: Any) -> dict[str, str]:
    until = localtime()
    return {"consumer": EAR, "since": (until - timedelta(hours=1)).isoformat(), "until": until.isoformat()}


def _typed(things: Any) -> dict[str, str]:
    until = localtime()
    return {
        "consumer": EAR,
        "since": f"{until - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "until": f"{until:%Y-%m-%dT%H:%M}",
    }


ROWS = [
    row("list_events", SETTINGS),
    row("get_event", SETTINGS, event_id=the.event),
    row("list_event_kinds", SETTINGS),
    row("get_event_standing", SETTINGS),
    row("list_event_consumers", SETTINGS),
    row("list_event_failures", SETTINGS),
    row("retry_event_failures", SETTINGS, json=CHOSEN),
    row("drop_event_failures", SETTINGS, json=CHOSEN),
    row("replay_events", SETTINGS, json=_stretch),
]
PAGES = [
    row("GET records:events", SETTINGS),
    row("GET records:event", SETTINGS, event_id=the.event),
    row("GET records:events-failed", SETTINGS),
    row("POST records:events-again", SETTINGS, form={"keys": the.undelivered}),
    row("POST records:events-drop", SETTINGS, form={"keys": the.undelivered}),
    row("GET records:events-kinds", SETTINGS),
    row("GET records:events-replay", SETTINGS),
    row("POST records:events-replay", SETTINGS, form=_typed),
]
