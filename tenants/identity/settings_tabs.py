"""The side tabs of the settings: those the reader may open."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenants.identity.enums import SETTINGS
from tenants.kernel import context
from tenants.kernel.modules import modules


def settings_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Empty where there is only the own profile to set."""
    if not context.place().company_id or not context.actor().may("edit", SETTINGS):
        return []
    tabs = [
        (_("People"), "/settings/people/", "users"),
        (_("Teams"), "/settings/teams/", "users-group"),
        (_("Roles"), "/settings/roles/", "shield"),
        (_("Sharing rules"), "/settings/sharing/", "share"),
        (_("Stand-ins"), "/settings/stand-ins/", "user-check"),
        (_("Sign-in"), "/settings/sign-in/", "shield-lock"),
        (_("API keys"), "/settings/keys/", "key"),
        (_("Connected apps"), "/settings/apps/", "plug-connected"),
        (_("Support visits"), "/settings/support/", "eye"),
        (_("Audit"), "/settings/audit/", "history"),
        (_("Kept mails") if context.in_sandbox() else _("Sandboxes"), "/settings/sandboxes/", "flask"),
        (_("Company"), "/settings/company/", "building"),
        *((item.label, item.url, item.icon) for module in modules() for item in module.settings_nav),
        (_("My profile"), "/settings/profile/", "user-circle"),
    ]
    return [
        {"label": label, "url": url, "icon": icon, "is_active": request.path.startswith(url)}
        for label, url, icon in tabs
    ]
