"""Who may read about webhooks: their bodies and addresses tell of the whole company."""

from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied
from tenants.webhooks.enums import SETTINGS


def settings_editor() -> Actor:
    """Whoever acts, if the settings are theirs to change. Raises Denied."""
    actor = context.actor()
    if not actor.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may see webhooks."))
    return actor
