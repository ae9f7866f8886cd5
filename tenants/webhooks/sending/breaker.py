"""The circuit breaker: an endpoint that does not answer is asked now and then, and its deliveries wait for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.task import send
from tenants.identity.actions import audit
from tenants.kernel import context
from tenants.kernel.logs import logger
from tenants.webhooks.enums import DeliveryState, EndpointState
from tenants.webhooks.models import Delivery, Endpoint
from tenants.webhooks.pausing import pause
from tenants.webhooks.sending.claiming import DOUBTFUL
from tenants.webhooks.sending.pauses import wished_pause
from tenants.webhooks.sending.posting import Result

MOST_FAILURES: Final = 10
OPENS_AFTER: Final = timedelta(minutes=5)
PROBE_EVERY: Final = timedelta(minutes=1)
LONGEST_PROBE_PAUSE: Final = timedelta(minutes=15)
GIVEN_UP_AFTER: Final = timedelta(days=7)
LONGEST_REST_SECONDS: Final = 60
BUSY: Final = 429
GONE: Final = 410
FIELDS: Final = ["state", "reason", "failures", "failing_since", "broken_at", "not_before", "updated_at"]
log = logger(__name__)


def heed(known: Endpoint, results: Sequence[Result]) -> None:
    """Let an endpoint's state follow from the newest tries. Costs nothing while all is well."""
    if not results or (all(one.is_ok for one in results) and not known.failures and not known.not_before):
        return
    endpoint = Endpoint.objects.select_for_update().filter(pk=known.pk).first()
    if not endpoint or endpoint.state == EndpointState.PAUSED:
        return
    if any(one.status == GONE for one in results):
        pause(endpoint.pk, _("It answered 410 Gone: it wants to hear nothing more."))
        return
    now = timezone.now()
    before = tuple(getattr(endpoint, name) for name in FIELDS)
    endpoint.not_before = None
    for result in sorted(results, key=lambda one: one.at + timedelta(milliseconds=one.milliseconds)):
        _count(endpoint, result, now)
    _settle(endpoint, now)
    _heed_wishes(endpoint, results, now)
    if endpoint.state == EndpointState.BROKEN and _is_hopeless(endpoint, now):
        return _give_up(endpoint, now)
    if before != tuple(getattr(endpoint, name) for name in FIELDS):
        endpoint.save(update_fields=FIELDS)


def _count(endpoint: Endpoint, result: Result, now: datetime) -> None:
    """A machine that says it is busy is there: that is no failure."""
    if result.is_ok:
        endpoint.failures, endpoint.failing_since = 0, None
    elif result.status != BUSY:
        endpoint.failures += 1
        endpoint.failing_since = endpoint.failing_since or now


def _settle(endpoint: Endpoint, now: datetime) -> None:
    if endpoint.state == EndpointState.BROKEN:
        _after_probe(endpoint, now)
    elif endpoint.failures >= MOST_FAILURES and endpoint.failing_since and endpoint.failing_since + OPENS_AFTER <= now:
        _open(endpoint, now)
    elif endpoint.failures >= DOUBTFUL:
        seconds = min(2 ** (endpoint.failures - DOUBTFUL), LONGEST_REST_SECONDS)
        endpoint.not_before = now + timedelta(seconds=seconds)


def _open(endpoint: Endpoint, now: datetime) -> None:
    from tenants.webhooks.tasks import tell_broken  # tasks send, and sending opens

    endpoint.state, endpoint.broken_at = EndpointState.BROKEN, now
    endpoint.reason = _("It did not answer as it should %(times)d times in a row.") % {"times": endpoint.failures}
    endpoint.not_before = now + PROBE_EVERY
    # They wait for the endpoint from now on, not each by itself.
    Delivery.objects.filter(endpoint=endpoint, due_at__gt=now).update(due_at=now)
    audit("webhook.broken", by=context.actor(), subject=endpoint.name, failures=endpoint.failures)
    log.warning("webhook endpoint broken", endpoint=str(endpoint.pk), failures=endpoint.failures)
    send(tell_broken, str(endpoint.pk), now.isoformat())


def _after_probe(endpoint: Endpoint, now: datetime) -> None:
    if not endpoint.failures:
        endpoint.state, endpoint.reason, endpoint.broken_at = EndpointState.ACTIVE, "", None
        audit("webhook.mended", by=context.actor(), subject=endpoint.name)
        log.info("webhook endpoint answers again", endpoint=str(endpoint.pk))
        return
    since = now - (endpoint.broken_at or now)
    endpoint.not_before = now + min(max(since / 4, PROBE_EVERY), LONGEST_PROBE_PAUSE)


def _heed_wishes(endpoint: Endpoint, results: Sequence[Result], now: datetime) -> None:
    """It asked to be left alone: then nothing of what waits is sent."""
    wishes = [wish for one in results if (wish := wished_pause(one.status, one.retry_after))]
    if wishes:
        endpoint.not_before = max(now + max(wishes), endpoint.not_before or now)


def _is_hopeless(endpoint: Endpoint, now: datetime) -> bool:
    return bool(endpoint.broken_at and now - endpoint.broken_at >= GIVEN_UP_AFTER)


def _give_up(endpoint: Endpoint, now: datetime) -> None:
    """What waited has failed; it can be sent again as long as failures are kept."""
    pause(endpoint.pk, _("It gave no answer for a week. Mend it, resume it, and send again what failed."))
    waiting = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.FAILED, due_at=None, done_at=now, updated_at=now)
