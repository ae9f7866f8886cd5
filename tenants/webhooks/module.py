"""What webhooks offers the house."""

from django.utils.translation import gettext_lazy as _

from tenants.kernel.modules import Module, NavItem
from tenants.records.outbox.catalogue import EventKind

EVENTS = (
    EventKind(
        name="hook.received", label=_("Webhook received"),
        about=_("Another system told one of your addresses something."),
        payload={
            "hook_id": _("The address that was told"),
            "hook": _("Its name"),
            "reception_id": _("What came in, as long as it is kept"),
            "payload": _("What it says: JSON or the fields of a form; empty where it is too large for an event"),
            "is_cut": _("Whether it was too large"),
        },
    ),
)  # fmt: skip
module = Module(
    name="webhooks",
    label=_("Webhooks"),
    events=EVENTS,
    settings_nav=(
        NavItem(label=_("Webhooks"), url="/settings/webhooks/", icon="webhook", section="", subject="settings"),
        NavItem(label=_("Webhooks in"), url="/settings/inbound-hooks/", icon="inbox", section="", subject="settings"),
    ),
    urls="tenants.webhooks.urls",
    hook_urls="tenants.webhooks.hook_urls",
    routers=(
        ("/webhooks", "tenants.webhooks.api.router"),
        ("/webhook-deliveries", "tenants.webhooks.log_api.router"),
        ("/hooks", "tenants.webhooks.hooks_api.router"),
        ("/inbound-hooks", "tenants.webhooks.inbound.api.router"),
    ),
    demo="tenants.webhooks.demo.load",
)
