"""Calls end in a true state whatever crashed: kept webhooks are taken in, open calls are asked about."""

from datetime import datetime, timedelta

from django.utils import timezone

from tenants.kernel.errors import ProviderFailed
from tenants.kernel.logs import logger
from tenants.voice import dialling, hooks, open_companies, recordings
from tenants.voice.actions import apply_state, fail_call
from tenants.voice.models import Call
from tenants.voice.providers.base import CallState
from tenants.voice.queries import awaiting_recording, has_unfinished, open_calls, waiting_hooks

HOOK_LEFT_BEHIND = timedelta(seconds=5)
DIAL_LEFT_BEHIND = timedelta(seconds=8)
TOO_LATE_TO_DIAL = timedelta(seconds=60)
# Longer than any request to a provider may take.
ANSWER_LOST = timedelta(seconds=30)
NEVER_ARRIVED = timedelta(seconds=120)
OFTENEST, RAREST = timedelta(seconds=8), timedelta(seconds=60)
LONGEST_CALL = timedelta(hours=5)
BATCH = 200
log = logger(__name__)


def reconcile(now: datetime | None = None) -> None:
    """Look after the calls of the company we are in; come back while any is unfinished."""
    now = now or timezone.now()
    seen = open_companies.score()
    for hook_id in waiting_hooks().filter(updated_at__lt=now - HOOK_LEFT_BEHIND).values_list("pk", flat=True)[:BATCH]:
        hooks.process(hook_id)
    for call in open_calls().select_related("account").order_by("id")[:BATCH]:
        _guarded(call, now)
    for call in awaiting_recording(now).select_related("account").order_by("id")[:BATCH]:
        if _is_due(call, now):
            _ask_for_recording(call, now)
    if not has_unfinished():
        open_companies.take_off(seen)


def _guarded(call: Call, now: datetime) -> None:
    """One call's trouble is not the next one's."""
    try:
        _look_after(call, now)
    except ProviderFailed as error:
        log.warning("call not reconciled", call=str(call.pk), reason=error.detail)


def _look_after(call: Call, now: datetime) -> None:
    if now - call.created_at > LONGEST_CALL:
        fail_call(call=call, reason="The provider never told how this call ended.")
    elif not call.account:
        fail_call(call=call, reason="The phone account of this call was removed.")
    elif not call.dialled_at:
        _dial_late(call, now)
    elif not call.provider_id:
        _find(call, now)
    elif _is_due(call, now):
        _ask(call, now)


def _dial_late(call: Call, now: datetime) -> None:
    """The task was lost before it began: dial if somebody may still wait at the page."""
    age = now - call.created_at
    if age > TOO_LATE_TO_DIAL:
        fail_call(call=call, reason="It was not dialled in time.")
    elif age > DIAL_LEFT_BEHIND:
        dialling.dial(call.pk)


def _find(call: Call, now: datetime) -> None:
    """The provider was asked and its answer lost. Find the call there, or know that there is none."""
    assert call.dialled_at
    age = now - call.dialled_at
    if age < ANSWER_LOST:
        return
    request = dialling.request_for(call)
    found = dialling.provider_of(call).find_call(request, since=call.dialled_at)
    state = _ours(call, found)
    if state:
        apply_state(call_id=call.pk, state=state)
    elif age > NEVER_ARRIVED:
        fail_call(call=call, reason="The provider never received this call.")


def _ours(call: Call, found: list[CallState]) -> CallState | None:
    """The first call to the same number that no other row of ours has."""
    likely = [one for one in found if one.to_number == call.to_number and one.provider_id]
    taken = Call.objects.filter(provider=call.provider, provider_id__in=[one.provider_id for one in likely])
    ids = set(taken.values_list("provider_id", flat=True))
    return min((one for one in likely if one.provider_id not in ids), key=_age, default=None)


def _age(state: CallState) -> float:
    return state.created_at.timestamp() if state.created_at else 0.0


def _is_due(call: Call, now: datetime) -> bool:
    """Young calls are asked about often, old ones rarely."""
    pause = min(max((now - call.started_at) / 10, OFTENEST), RAREST)
    return (call.checked_at or call.started_at) + pause <= now


def _ask(call: Call, now: datetime) -> None:
    Call.objects.filter(pk=call.pk).update(checked_at=now)
    state = dialling.provider_of(call).fetch_call(call.provider_id)
    if state is None:
        fail_call(call=call, reason="The provider no longer knows this call.")
    else:
        apply_state(call_id=call.pk, state=state)


def _ask_for_recording(call: Call, now: datetime) -> None:
    if call.recording_url:
        recordings.fetch(call.pk)
        return
    try:
        _ask(call, now)
    except ProviderFailed as error:
        log.warning("recording not asked for", call=str(call.pk), reason=error.detail)
