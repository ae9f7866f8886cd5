"""What telephony offers to workflows."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.automation.catalogue import Param, TriggerKind
from tenants.voice.enums import Outcome

CALLS = _("Calls")


def _ended_so(params: Mapping[str, Any], event: Any) -> bool:
    wanted = params.get("outcome")
    return not wanted or event.payload.get("outcome") == wanted


TRIGGERS = (
    TriggerKind(
        name="call_completed", label=_("A call has ended"), icon="phone", group=CALLS,
        params=(Param(name="outcome", label=_("Outcome"), kind="choice", choices=tuple(Outcome.choices)),),
        events=lambda params: ("call.completed",), accepts=_ended_so, record_type=lambda params: "calls",
    ),
)  # fmt: skip
ACTIONS = ()
