"""What a provider says, laid over what we know. The order in which things are told does not matter."""

from django.utils import timezone

from tenants.voice.enums import OUTCOMES, CallStatus, rank
from tenants.voice.models import Call
from tenants.voice.providers.base import CallState

KEPT_ONCE_KNOWN = ("provider_id", "answered_at", "ended_at", "recording_url", "talk_seconds")


def merge(call: Call, state: CallState) -> set[str]:
    """Change the call, unsaved, by the state; the names of the fields that differ now.

    The status only climbs and never leaves a final one. What was not known yet,
    a late duration or recording, is taken even then.
    """
    before = {name: getattr(call, name) for name in (*KEPT_ONCE_KNOWN, "status", "outcome")}
    if rank(state.status) > call.rank:
        call.status = state.status
    for name in KEPT_ONCE_KNOWN:
        if getattr(call, name) in (None, "") and getattr(state, name) not in (None, ""):
            setattr(call, name, getattr(state, name))
    _settle(call)
    return {name for name, value in before.items() if getattr(call, name) != value}


def _settle(call: Call) -> None:
    """Facts that follow from a status: an end has a time and an outcome, and only talk has a length."""
    if call.is_open:
        call.ended_at = call.talk_seconds = None
        call.recording_url = ""
        if call.status != CallStatus.IN_PROGRESS:
            call.answered_at = None
        elif not call.answered_at:
            call.answered_at = timezone.now()
        return
    call.outcome = call.outcome or OUTCOMES[CallStatus(call.status)]
    call.ended_at = call.ended_at or timezone.now()
    if call.status != CallStatus.COMPLETED:
        call.answered_at = call.talk_seconds = None
