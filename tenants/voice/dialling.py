"""Asking the provider to ring. Once: a request whose answer was lost is looked up, never repeated."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tenants.directory.hosts import tenant_now
from tenants.kernel.logs import logger
from tenants.voice.actions import apply_state, fail_call
from tenants.voice.credentials import adapter_of
from tenants.voice.enums import CallStatus
from tenants.voice.models import Call
from tenants.voice.providers.base import CallRequest, CallState, Refused, Telephony, Unsure

log = logger(__name__)


def provider_of(call: Call) -> Telephony:
    """The provider account a call goes through. Raises Refused when it is gone."""
    if not call.account:
        raise Refused("The phone account of this call was removed.")
    return adapter_of(call.account)


def dial(call_id: UUID) -> None:
    """Place a queued call. A call that was taken up before is left to the reconciler."""
    call = _claim(call_id, timezone.now())
    if not call:
        return
    try:
        placed = provider_of(call).place_call(request_for(call))
    except Refused as error:
        fail_call(call=call, reason=str(error.detail))
    except Unsure as error:
        log.warning("call may have been placed; looking it up", call=str(call.pk), error=error.detail)
    else:
        apply_state(call_id=call.pk, state=CallState(provider_id=placed.provider_id, status=placed.status))


@transaction.atomic
def _claim(call_id: UUID, now: datetime) -> Call | None:
    """Written down before the provider is asked, so that a crash in between is seen."""
    call = Call.objects.select_for_update(of=("self",)).select_related("account").filter(pk=call_id).first()
    if not call or call.dialled_at or call.status != CallStatus.QUEUED:
        log.info("call not dialled: gone, ended or taken up before", call=str(call_id))
        return None
    call.dialled_at = now
    call.save(update_fields=["dialled_at", "updated_at"])
    return call


def request_for(call: Call) -> CallRequest:
    assert call.account
    hook = f"{tenant_now().base_url}/hooks/{call.provider}/{call.account.hook_token}"
    return CallRequest(
        own_id=str(call.pk),
        agent_number=call.from_number,
        customer_number=call.to_number,
        caller_id=call.account.caller_id,
        callback_url=hook,
        is_recorded=call.account.is_recorded,
    )
