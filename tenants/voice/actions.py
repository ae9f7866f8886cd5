"""Writes about calls: place, log, end, and take in what a provider tells."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.task import send
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.logs import logger
from tenants.records.changes import keep_change
from tenants.records.events import emit
from tenants.records.models import Record
from tenants.records.queries import require, require_on
from tenants.records.registry import type_of
from tenants.voice import open_companies, rules
from tenants.voice.credentials import adapter_of
from tenants.voice.enums import LOGGED, CallStatus, Direction, Disposition, Outcome
from tenants.voice.errors import CannotHangUp, NoProvider, OutsideHours
from tenants.voice.merging import merge
from tenants.voice.models import Call, TelephonyAccount
from tenants.voice.providers import PROVIDERS
from tenants.voice.providers.base import CallState
from tenants.voice.queries import agent_number, contact_of, default_account, numbers_of

LONGEST_LOGGED = 24 * 3600
LONGEST_NOTES = 20_000
log = logger(__name__)


@transaction.atomic
def place_call(*, record: Record, to: str, by: Actor, request_key: str = "") -> Call:
    """Write the call down and have it dialled by a worker; nothing is dialled here.

    `to` empty takes the record's own number. The same `request_key` from the same
    actor is the same call. Raises Denied, Invalid, NoProvider, OutsideHours.
    """
    require(by, "create", "calls")
    account = default_account()
    if not account:
        raise NoProvider
    number = rules.e164(to or _own_number(record))
    key = sha256(f"{by.user_id}:{request_key}".encode()).hexdigest() if request_key else ""
    if known := _asked_before(key, number):
        return known
    if words := rules.closed_words(account, number, timezone.now()):
        raise OutsideHours(words)
    return _insert_once(_draft(account, record, number, by), key, by)


def _own_number(record: Record) -> str:
    numbers = numbers_of(record)
    if not numbers:
        raise Invalid({"to": [_("There is no phone number here. Write one.")]})
    return numbers[0][0]


def _asked_before(key: str, number: str) -> Call | None:
    known = Call.objects.filter(request_key=key).first() if key else None
    if known and known.to_number != number:
        raise Conflict(
            _("This request was used for another number."), field="Idempotency-Key", fix=_("Send a new key.")
        )
    return known


def _draft(account: TelephonyAccount, record: Record, number: str, by: Actor) -> Call:
    agent = agent_number(by.user_id)
    if not agent and PROVIDERS[account.provider].can.needs_agent_phone:
        raise Invalid({"from": [_("Set your own phone number first: it rings before theirs.")]})
    call = _call_about(record, number, by)
    call.account, call.provider, call.direction = account, account.provider, Direction.OUTBOUND
    call.from_number = agent or account.caller_id
    return call


def _call_about(record: Record, number: str, by: Actor) -> Call:
    found = type_of(record)
    contact = contact_of(record, number)
    return Call(
        name=str(contact or record), contact=contact, about_type=found.name if found else "", about_id=record.pk,
        to_number=number, owner_id=by.user_id, created_by_id=by.user_id,
    )  # fmt: skip


def _insert_once(call: Call, key: str, by: Actor) -> Call:
    """The row, its history and its task; of two asks at one moment the second gets the first's call."""
    from tenants.voice.tasks import dial_call  # tasks call actions

    call.request_key = key
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError:
        if known := _asked_before(key, call.to_number):
            return known
        raise
    keep_change("calls", call.pk, "created", {}, by=by)
    send(dial_call, str(call.pk))
    open_companies.mark()
    return call


@transaction.atomic
def apply_state(*, call_id: UUID, state: CallState, failure: str = "") -> Call:
    """Take in what a provider says of a call. Twice, late and out of order change nothing more.

    Emits `call.started` when a phone first rings and `call.completed` once, at the end.
    """
    call = Call.objects.select_for_update().get(pk=call_id)
    if state.provider_id and call.provider_id and state.provider_id != call.provider_id:
        log.warning("state of another call ignored", call=str(call.pk), told=state.provider_id)
        return call
    before, was_open = call.status, call.is_open
    changed = merge(call, state)
    if not changed:
        return call
    if failure and was_open and not call.is_open:
        call.failure = failure[:200]
    call.version += 1
    call.save(update_fields=[*changed, "failure", "version", "updated_at"])
    _announce(call, before, changed)
    return call


def _announce(call: Call, before: str, changed: set[str]) -> None:
    from tenants.voice.tasks import fetch_recording  # tasks call actions

    if before == CallStatus.QUEUED and call.status not in (CallStatus.FAILED, CallStatus.CANCELLED):
        emit("call.started", call, status=call.status)
    if "status" in changed and not call.is_open:
        keep_change("calls", call.pk, "updated", {"status": [before, call.status]}, by=_teller(call))
        emit("call.completed", call, outcome=call.outcome, talk_seconds=call.talk_seconds or 0)
    if call.recording_url and not call.recording and not call.is_open:
        send(fetch_recording, str(call.pk))
    open_companies.mark()


def _teller(call: Call) -> Actor:
    """Who ended a call: the person who took it back, else the provider that told."""
    actor = context.actor()
    return actor if actor.kind == "user" else robot(str(PROVIDERS[call.provider].label))


def fail_call(*, call: Call, reason: str) -> Call:
    """End a call that will not come to anything, saying why."""
    return apply_state(call_id=call.pk, state=CallState(provider_id="", status=CallStatus.FAILED), failure=reason)


def end_call(*, call: Call, by: Actor) -> Call:
    """Hang up, or take back a call that was not dialled yet. Once ended nothing happens.

    The provider's own word ends the call, so it may stay open for a moment. Raises
    CannotHangUp, ProviderFailed.
    """
    require_on(by, "edit", call)
    if not call.is_open:
        return call
    if not call.dialled_at and _take_back(call):
        return Call.objects.get(pk=call.pk)
    if not call.account or not PROVIDERS[call.provider].can.can_hang_up or not call.provider_id:
        raise CannotHangUp(fix=_("End it on your phone."))
    adapter_of(call.account).hang_up(call.provider_id)
    return call


@transaction.atomic
def _take_back(call: Call) -> bool:
    """Cancel unless a worker has claimed the call meanwhile."""
    locked = Call.objects.select_for_update().get(pk=call.pk)
    if locked.dialled_at:
        return False
    apply_state(call_id=call.pk, state=CallState(provider_id="", status=CallStatus.CANCELLED))
    return True


@transaction.atomic
def log_call(
    *, record: Record, outcome: str, by: Actor, direction: str = Direction.OUTBOUND, to: str = "",
    started_at: datetime | None = None, talk_seconds: int = 0, notes: str = "", disposition: str = "",
) -> Call:  # fmt: skip
    """Write down a call that was made by other means. Always possible, with no provider at all.

    Emits `call.completed`. Raises Denied, Invalid.
    """
    require(by, "create", "calls")
    _check_logged(outcome=outcome, direction=direction, talk_seconds=talk_seconds, notes=notes, disposition=disposition)
    started = _past(started_at or timezone.now() - timedelta(seconds=talk_seconds))
    call = _call_about(record, rules.e164(to) if to else next((n for n, _who in numbers_of(record)), ""), by)
    call.direction, call.outcome, call.status = direction, outcome, LOGGED[Outcome(outcome)]
    call.started_at, call.ended_at = started, started + timedelta(seconds=talk_seconds)
    if outcome == Outcome.ANSWERED:
        call.answered_at, call.talk_seconds = started, talk_seconds
    call.notes, call.disposition = notes.strip(), disposition
    call.save(force_insert=True)
    keep_change("calls", call.pk, "created", {}, by=by)
    emit("call.completed", call, outcome=call.outcome, talk_seconds=call.talk_seconds or 0)
    return call


def _past(moment: datetime) -> datetime:
    if moment > timezone.now() + timedelta(minutes=5):
        raise Invalid({"started_at": [_("This lies in the future. Plan a task instead.")]})
    return moment


def _check_logged(*, outcome: str, direction: str, talk_seconds: int, notes: str, disposition: str) -> None:
    errors = {}
    for name, value, known in (
        ("outcome", outcome, tuple(LOGGED)),
        ("direction", direction, Direction.values),
        ("disposition", disposition, ("", *Disposition.values)),
    ):
        if value not in known:
            errors[name] = [_("Choose one of: %(known)s.") % {"known": ", ".join(map(str, filter(None, known)))}]
    if not 0 <= talk_seconds <= LONGEST_LOGGED:
        errors["talk_seconds"] = [_("A call lasts between 0 seconds and a day.")]
    if len(notes) > LONGEST_NOTES or "\x00" in notes:
        errors["notes"] = [_("Use at most 20,000 plain characters.")]
    if errors:
        raise Invalid(errors)
