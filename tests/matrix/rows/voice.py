"""Phone calls, and the providers that call back."""

from tests.matrix.needs import LINK, PERSON, SETTINGS, edits, makes, views
from tests.matrix.samples import row, the

ABOUT = {"about_type": "contacts", "about_id": the.contact}
BODY = {"record_type": "contacts", "record_id": the.contact}
CALLS = makes("calls") & views("contacts")

ROWS = [
    row("place_phone_call", CALLS, json=BODY),
    row("log_phone_call", CALLS, json=BODY | {"outcome": "answered", "talk_seconds": 60}),
    row("get_phone_call", views("calls")),
    row("end_phone_call", edits("calls"), ok=(409,)),
]
PAGES = [
    row("GET voice:dial", CALLS, query=ABOUT),
    row("POST voice:dial", CALLS, query=ABOUT, form={"to": "+919820011842"}),
    row("GET voice:log", CALLS, query=ABOUT),
    row(
        "POST voice:log",
        CALLS,
        query=ABOUT,
        form={"outcome": "answered", "direction": "outbound", "minutes": "3", "started_at": "2026-11-01T10:00"},
    ),
    row("GET voice:live", views("calls")),
    row("GET voice:entry", views("calls")),
    row("POST voice:end", edits("calls"), ok=(409,)),
    row("POST voice:wrap-up", edits("calls"), call_id=the.calls_idle, form={"notes": "Fine."}),
    row("GET voice:recording", views("calls"), call_id=the.recorded, programs=True),
    row("GET voice:settings", PERSON),
    row("POST voice:my-phone", PERSON, form={"number": "+919820011843"}),
    row("POST voice:use-sandbox", SETTINGS),
    row("GET voice:connect", SETTINGS, provider="exotel"),
    row("POST voice:connect", SETTINGS, provider="exotel", form={}, ok=(422,)),
    row("POST voice:disconnect", SETTINGS, provider="sandbox"),
    row("POST hook-sandbox", LINK, token=the.hook_token, secret="token", json={"CallSid": "x"}),
    row("POST hook-exotel", LINK, token=the.exotel_token, secret="token", json={"CallSid": "x"}),
]
