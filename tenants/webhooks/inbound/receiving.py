"""The door: looked at, kept as it came, answered at once. What it says is read by a task."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tenants.directory.task import send
from tenants.identity.keys import digest_of
from tenants.kernel.logs import logger
from tenants.webhooks.inbound.reading import key_of
from tenants.webhooks.inbound.verifying import is_genuine
from tenants.webhooks.models import InboundHook, Reception

MOST_BYTES: Final = 1024 * 1024
SAME_WITHIN: Final = timedelta(hours=24)
WINDOW_SECONDS: Final = 60
MOST_HEADERS: Final = 40
LONGEST_HEADER: Final = 500
KEPT_BACK: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
log = logger(__name__)


@csrf_exempt
@require_POST
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """202 once it is kept, new or not. 404 for an unknown address, 401 for a wrong signature, 429 for too many."""
    hook = hook_by_token(token)
    if hook is None:
        log.warning("inbound webhook refused: unknown address")
        return _refused(404)
    if too_many(hook):
        return _refused(429, **{"Retry-After": str(WINDOW_SECONDS)})
    if _length(request) > MOST_BYTES or len(request.body) > MOST_BYTES:
        return _refused(413)
    if not is_genuine(hook, request.headers, request.body):
        log.warning("inbound webhook refused: wrong signature", hook=str(hook.pk))
        return _refused(401)
    content_type = request.headers.get("Content-Type", "")[:200]
    reception, is_new = keep(hook, request.headers, content_type, request.body)
    return JsonResponse({"id": str(reception.pk), "duplicate": not is_new}, status=202)


def hook_by_token(token: str) -> InboundHook | None:
    """By the token's digest, which means nothing in another company."""
    digest = digest_of(token)
    former = Q(former_digest=digest, former_until__gt=timezone.now())
    return InboundHook.objects.filter(Q(digest=digest) | former, is_active=True).first()


def too_many(hook: InboundHook) -> bool:
    """Whether the hook has had its share of this minute."""
    key = f"inbound-hook:{hook.pk}:{int(timezone.now().timestamp()) // WINDOW_SECONDS}"
    cache.add(key, 0, 2 * WINDOW_SECONDS)
    return int(cache.incr(key)) > hook.per_minute


@transaction.atomic
def keep(hook: InboundHook, headers: Mapping[str, str], content_type: str, body: bytes) -> tuple[Reception, bool]:
    """Store it and queue its task; one seen within a day is the one we have."""
    from tenants.webhooks.tasks import process_reception  # tasks call what reads

    key = key_of(hook, headers, content_type, body)
    with connection.cursor() as cursor:  # of two at one moment the second waits here, and finds the first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    now = timezone.now()
    before = Reception.objects.filter(dedupe_key=key, created_at__gt=now - SAME_WITHIN).first()
    if before:
        log.info("inbound webhook seen before", hook=str(hook.pk))
        return before, False
    made = Reception.objects.create(
        hook=hook, dedupe_key=key, content_type=content_type.replace("\x00", ""), body=body,
        headers=_kept_headers(hook, headers),
    )  # fmt: skip
    InboundHook.objects.filter(pk=hook.pk).update(last_received_at=now)
    send(process_reception, str(made.pk))
    return made, True


def _kept_headers(hook: InboundHook, headers: Mapping[str, str]) -> dict[str, str]:
    """Without what proves who sent it."""
    closed = KEPT_BACK | {hook.signature_header.lower()}
    kept = [(name, value) for name, value in headers.items() if name.lower() not in closed][:MOST_HEADERS]
    return {name[:100]: value[:LONGEST_HEADER].replace("\x00", "") for name, value in kept}


def _length(request: HttpRequest) -> int:
    told = request.headers.get("Content-Length", "")
    return int(told) if told.isdecimal() and len(told) < 12 else 0


def _refused(status: int, **headers: str) -> HttpResponse:
    response = HttpResponse(status=status, headers=headers)
    # Django would write the path to the log, and in it stands the token.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
