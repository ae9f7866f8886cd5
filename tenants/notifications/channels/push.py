"""Browsers, by web push (RFC 8030). What is sent only the browser can read."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.directory.hosts import tenant_now
from tenants.kernel.errors import ProviderFailed
from tenants.notifications.channels.base import Message
from tenants.notifications.channels.posting import post
from tenants.notifications.errors import Gone
from tenants.notifications.models import PushSubscription
from tenants.notifications.push import sealed
from tenants.notifications.push.keys import signing_key
from tenants.notifications.push.vapid import authorization

KEPT_SECONDS = 24 * 60 * 60
"""How long the push service waits for a browser that is closed."""
LONGEST_TEXT = 300


class Push:
    name = "push"
    label = _("Browser")
    icon = "device-desktop"
    is_calm = False

    def is_available(self) -> bool:
        return True

    def reachable(self, users: Sequence[Any], wishes: Any) -> set[Any]:
        rows = PushSubscription.objects.filter(user__in=users).order_by()
        return set(rows.values_list("user_id", flat=True))

    def send(self, delivery: Any, user: Any, message: Message) -> None:
        """To every browser of the person. One that took it is enough; those that are no more are forgotten."""
        failures: list[ProviderFailed] = []
        has_arrived = False
        for subscription in PushSubscription.objects.filter(user=user):
            try:
                _push(subscription, message)
                has_arrived = True
            except Gone:
                subscription.delete()
            except ProviderFailed as error:
                failures.append(error)
        if not has_arrived:
            raise failures[0] if failures else Gone


def _push(subscription: PushSubscription, message: Message) -> None:
    told = {"title": message.title, "body": message.text[:LONGEST_TEXT], "url": message.url, "tag": message.once}
    endpoint = subscription.endpoint.reveal()
    body = sealed.seal(json.dumps(told).encode(), public_key=subscription.public_key, auth=subscription.auth.reveal())
    headers = {
        "Authorization": authorization(endpoint, key=signing_key(), contact=_contact()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Urgency": "high" if message.is_urgent else "normal",
    }
    post(endpoint, content=body, headers=headers)
    PushSubscription.objects.filter(pk=subscription.pk).update(last_sent_at=timezone.now())


def _contact() -> str:
    """Whom the push service may write to about us (RFC 8292, section 2.1)."""
    tenant = tenant_now()
    return f"mailto:{tenant.brand.support_email}" if tenant.brand.support_email else tenant.base_url
