"""Webhooks out and in: the settings' business, but for the addresses themselves."""

from tests.matrix.needs import LINK, SETTINGS
from tests.matrix.samples import row, the
from tests.matrix.webhooks_scene import PUBLIC

NEW = {"name": "More", "url": PUBLIC, "events": ["contact.*"]}
SINCE = {"since": "2026-01-01T00:00:00Z"}

ROWS = [
    row("list_webhooks", SETTINGS),
    row("create_webhook", SETTINGS, json=NEW),
    row("list_webhook_events", SETTINGS),
    row("get_webhook", SETTINGS),
    row("update_webhook", SETTINGS, json={"name": "Other"}),
    row("delete_webhook", SETTINGS),
    row("rotate_webhook_secret", SETTINGS),
    row("pause_webhook", SETTINGS),
    row("resume_webhook", SETTINGS),
    row("test_webhook", SETTINGS, json={"event": "contact.created"}),
    row("list_webhook_deliveries", SETTINGS),
    row("get_webhook_delivery", SETTINGS),
    row("resend_webhook_delivery", SETTINGS),
    row("resend_failed_webhooks", SETTINGS, json=SINCE),
    row("subscribe_hook", SETTINGS, json={"target_url": PUBLIC, "event": "contact.created"}),
    row("unsubscribe_hook", SETTINGS, hook_id=the.app_hook),
    row("list_hook_samples", SETTINGS, event="contact.created"),
    row("list_inbound_hooks", SETTINGS),
    row("create_inbound_hook", SETTINGS, json={"name": "More"}),
    row("get_inbound_hook", SETTINGS),
    row("update_inbound_hook", SETTINGS, json={"name": "Other"}),
    row("delete_inbound_hook", SETTINGS),
    row("rotate_inbound_hook", SETTINGS),
    row("list_inbound_samples", SETTINGS),
]
FORM = {"name": "More", "url": PUBLIC, "events": "contact.created", "order": "parallel", "headers": ""}
INBOUND = {"name": "More", "per_minute": "60", "is_active": "on"}
PAGES = [
    row("GET webhooks:list", SETTINGS),
    row("GET webhooks:new", SETTINGS),
    row("POST webhooks:new", SETTINGS, form=FORM),
    row("GET webhooks:log", SETTINGS),
    row("GET webhooks:delivery", SETTINGS),
    row("POST webhooks:resend", SETTINGS),
    row("GET webhooks:endpoint", SETTINGS),
    row("GET webhooks:edit", SETTINGS),
    row("POST webhooks:edit", SETTINGS, form=FORM),
    row("GET webhooks:filter", SETTINGS),
    row("POST webhooks:filter", SETTINGS, form={"tree": ""}),
    row("GET webhooks:test", SETTINGS),
    row("POST webhooks:test", SETTINGS, form={"event": "contact.created"}),
    row("POST webhooks:secret", SETTINGS),
    row("POST webhooks:pause", SETTINGS),
    row("POST webhooks:resume", SETTINGS),
    row("POST webhooks:delete", SETTINGS),
    row("GET webhooks:resend-failed", SETTINGS),
    row("POST webhooks:resend-failed", SETTINGS, form={"since": "2026-01-01T00:00"}),
    row("GET webhooks:inbounds", SETTINGS),
    row("GET webhooks:inbound-new", SETTINGS),
    row("POST webhooks:inbound-new", SETTINGS, form=INBOUND),
    row("GET webhooks:inbound", SETTINGS),
    row("GET webhooks:inbound-edit", SETTINGS),
    row("POST webhooks:inbound-edit", SETTINGS, form=INBOUND),
    row("POST webhooks:inbound-address", SETTINGS),
    row("POST webhooks:inbound-delete", SETTINGS),
    row("POST hook-in", LINK, token=the.inbound_token, secret="token", json={"order": 7}),
]
