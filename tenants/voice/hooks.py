"""Webhooks of providers: verified, kept as they came, answered at once, taken in by a task."""

from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tenants.directory.task import send
from tenants.kernel.errors import ProviderFailed
from tenants.kernel.logs import logger
from tenants.voice import open_companies
from tenants.voice.actions import apply_state
from tenants.voice.credentials import adapter_of
from tenants.voice.enums import OPEN
from tenants.voice.models import Call, InboundHook, TelephonyAccount
from tenants.voice.providers.base import CallUpdate, Forged, Telephony, Unreadable, Unsure
from tenants.voice.queries import MOST_HOOK_TRIES, account_by_token

MOST_BYTES = 256 * 1024
log = logger(__name__)


@csrf_exempt
@require_POST
def receive(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    """200 once the webhook is kept, new or not. 404 for an unknown token, 403 for another account's."""
    account = account_by_token(provider, token)
    if account is None:
        log.warning("webhook refused: unknown token", provider=provider)
        return HttpResponse(status=404)
    if len(request.body) > MOST_BYTES:
        return HttpResponse(status=413)
    headers = {"content-type": request.headers.get("Content-Type", "")}
    try:
        keep(account, headers, request.body)
    except Forged as error:
        log.warning("webhook refused", provider=provider, account=str(account.pk), reason=error.detail)
        return HttpResponse(status=403)
    except ProviderFailed as error:  # nobody can say whether it is true, like for a practice line that is switched off
        log.warning("webhook not taken", provider=provider, account=str(account.pk), reason=str(error))
        return HttpResponse(status=503)
    return HttpResponse(status=200)


@transaction.atomic
def keep(account: TelephonyAccount, headers: Mapping[str, str], body: bytes) -> None:
    """Store a webhook and queue its task; one seen before is dropped. Raises Forged."""
    from tenants.voice.tasks import process_hook  # tasks call us

    key = _key_of(account, headers, body)
    hook = InboundHook(account=account, dedupe_key=key, content_type=headers["content-type"][:200], body=body)
    try:
        with transaction.atomic():
            hook.save(force_insert=True)
    except IntegrityError:
        log.info("webhook seen before", account=str(account.pk))
        return
    send(process_hook, str(hook.pk))
    open_companies.mark()


def _key_of(account: TelephonyAccount, headers: Mapping[str, str], body: bytes) -> str:
    """What makes two webhooks the same; one that we cannot read is kept by its bytes."""
    provider = adapter_of(account)
    try:
        provider.verify_webhook(headers, body)
        told = "\n".join(update.key for update in provider.parse_webhook(headers, body))
    except Unreadable as error:
        log.warning("webhook not understood; kept", account=str(account.pk), reason=error.detail)
        told = sha256(body).hexdigest()
    return sha256(f"{account.pk}\n{told}".encode()).hexdigest()


def process(hook_id: UUID) -> None:
    """Take in a kept webhook. What fails stays waiting, for the reconciler to bring back a few times."""
    hook = InboundHook.objects.select_related("account").filter(pk=hook_id, processed_at=None).first()
    if not hook:
        return
    rows = InboundHook.objects.filter(pk=hook_id)
    rows.update(tries=F("tries") + 1, updated_at=timezone.now())
    try:
        provider = adapter_of(hook.account)
        for update in provider.parse_webhook({"content-type": hook.content_type}, bytes(hook.body)):
            _take_in(hook.account, provider, update)
    except (Unreadable, Forged) as error:
        log.warning("webhook not taken in", hook=str(hook_id), reason=error.detail)
        rows.update(error=error.detail, tries=MOST_HOOK_TRIES)
    except ProviderFailed as error:
        rows.update(error=error.detail)
    else:
        rows.update(processed_at=timezone.now(), error="")


def _take_in(account: TelephonyAccount, provider: Telephony, update: CallUpdate) -> None:
    """Apply an update to its call. What ends a call or gives it its id is first confirmed by look-up."""
    call = _call_of(account, update)
    is_final = update.status not in OPEN
    if is_final or not call.provider_id:
        _confirm(provider, call, update, is_final=is_final)
    apply_state(call_id=call.pk, state=update)


def _call_of(account: TelephonyAccount, update: CallUpdate) -> Call:
    """By the provider's id, else by our own that travelled along. Raises Unsure while there is none."""
    calls = Call.objects.filter(account=account)
    found = calls.filter(provider_id=update.provider_id).first()
    if not found and (own_id := _uuid(update.own_id)):
        found = calls.filter(pk=own_id, provider_id="").first()
    if not found:
        raise Unsure("No call of ours has this id.")
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _confirm(provider: Telephony, call: Call, update: CallUpdate, *, is_final: bool) -> None:
    """The provider itself must know the call, to this number, and as ended if that is what was told."""
    known = provider.fetch_call(update.provider_id)
    if known is None or (known.to_number and known.to_number != call.to_number):
        raise Forged("The provider knows no such call.")
    if is_final and known.status in OPEN:
        raise Unsure("The provider says that the call goes on.")
