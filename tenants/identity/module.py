"""Identity's part in a company: its roles, its owner's invitation, its settings."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from tenants.identity.actions import add_user, seed_roles
from tenants.identity.enums import OWNER, SETTINGS
from tenants.identity.letters import post_invitation
from tenants.identity.queries import has_colleagues
from tenants.kernel import context
from tenants.kernel.modules import Module, NavItem, Step


def seed(facts: Mapping[str, str]) -> None:
    """The roles, and the owner, whose invitation leaves once the company is there."""
    roles = seed_roles()
    post_invitation(add_user(email=facts["owner_email"], name=facts["owner_name"], role=roles[OWNER]))


def steps() -> Iterable[Step]:
    if context.actor().may("edit", SETTINGS):
        yield Step(
            label=_("Invite a colleague"),
            text=_("Everybody signs in with an own name and sees what the role allows."),
            url="/settings/people/",
            order=40,
            is_done=has_colleagues,
        )


SETTINGS_ITEM = NavItem(
    label=_("Settings"), url="/settings/", icon="settings", section=_("Company"), order=900, subject=SETTINGS
)
module = Module(
    name="identity",
    label=_("People"),
    nav=(SETTINGS_ITEM,),
    urls="tenants.identity.settings_urls",
    routers=(
        ("/users", "tenants.identity.handing.api.router"),
        ("/users", "tenants.identity.api.users"),
        ("/roles", "tenants.identity.roles.api.router"),
        ("/sharing-rules", "tenants.identity.sharing.api.router"),
        ("/stand-ins", "tenants.identity.standing.api.router"),
        ("/me", "tenants.identity.api.me"),
        ("/api-keys", "tenants.identity.key_api.router"),
        ("/apps", "tenants.identity.oauth.api.apps"),
        ("/me", "tenants.identity.oauth.api.mine"),
        ("/support", "tenants.identity.support.api.router"),
        ("/view-as", "tenants.identity.viewing.api.router"),
        ("/me/companies", "tenants.identity.switching.api.router"),
        ("/sandboxes", "tenants.identity.sandboxes.api.router"),
        ("/audit", "tenants.identity.auditing.api.router"),
        ("/teams", "tenants.identity.team_api.router"),
        ("/sign-in-policy", "tenants.identity.signin.api.rules"),
        ("/sign-ins", "tenants.identity.signin.api.tries"),
        ("", "tenants.identity.signin.api.sessions"),
    ),
    seed=seed,
    steps=steps,
)
