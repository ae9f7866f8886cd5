"""The lists a team makes for itself in its first week."""

from django.utils.translation import gettext as _

from tenants.crm.demo.story import Story
from tenants.crm.views import at
from tenants.records.enums import ViewAudience
from tenants.records.registry import type_named
from tenants.records.views.actions import create_view
from tenants.records.views.queries import may_share


def tell_views(story: Story) -> None:
    """Views of contacts that everybody sees, made by the first who may share them."""
    boss = next(one for one in story.staff if may_share(one.actor)).actor
    trees = {
        (_("My contacts"), "user"): at("owner", "me"),
        (_("Decision makers"), "star"): at("decision_role", "is", "decision_maker"),
        (_("Without an account"), "building"): at("account", "empty"),
    }
    for (name, icon), tree in trees.items():
        values = {"name": name, "icon": icon, "filter": tree, "audience": ViewAudience.PUBLIC}
        create_view(record_type=type_named("contacts"), values=values, by=boss)
