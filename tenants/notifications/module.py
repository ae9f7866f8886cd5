"""What notifications offers the house."""

from django.utils.translation import gettext_lazy as _

from tenants.kernel.modules import Module, NavItem

module = Module(
    name="notifications",
    label=_("Notifications"),
    settings_nav=(
        NavItem(label=_("Notifications"), url="/settings/notifications/", icon="bell", section="", subject="settings"),
        NavItem(label=_("Chat channels"), url="/settings/chats/", icon="messages", section="", subject="settings"),
    ),
    urls="tenants.notifications.urls",
    routers=(
        ("/notifications", "tenants.notifications.api.mine.router"),
        ("/notification-wishes", "tenants.notifications.api.wishes.router"),
        ("/push-subscriptions", "tenants.notifications.api.browsers.router"),
        ("/chat-connections", "tenants.notifications.api.chats.router"),
    ),
    notifications="tenants.notifications.own_kinds",
)
