"""Calls as a record type: listed, filtered, searched; written by their own actions."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.cells import phone_text
from tenants.records.registry import RecordType, record_type
from tenants.voice.models import Call


@record_type
class Calls(RecordType):
    model = Call
    icon = "phone"
    has_face = True
    subtitle = "to_number"
    columns = ("name", "outcome", "talk_seconds", "direction", "disposition", "to_number", "owner", "started_at")
    form = ("disposition", "notes")
    extra = (
        "status", "outcome", "talk_seconds", "contact", "direction", "to_number", "from_number",
        "started_at", "answered_at", "ended_at", "failure",
    )  # fmt: skip
    subtitle = "to_number"
    search = ("name", "to_number", "notes")
    sort = "-started_at"
    comes_in = False

    def before_save(self, record: Call, changed: Iterable[str], by: Actor) -> None:
        if record._state.adding:
            words = _("Place a call at /api/v1/phone-calls, or write one down at /api/v1/phone-calls/log.")
            raise Invalid({"": [words]})

    def second_line(self, record: Call) -> str:
        return phone_text(record.to_number) if record.to_number else ""

    def initial(self, actor: Actor) -> dict[str, Any]:
        return {}
