"""The navigation of the agency's and the platform's faces."""

from django.utils.translation import gettext_lazy as _

from tenants.kernel.modules import NavItem

AGENCY = (
    NavItem(label=_("Companies"), url="/companies/", icon="building-store", section="", order=10),
    NavItem(label=_("Brand"), url="/brand-editor/", icon="palette", section="", order=20),
    NavItem(label=_("Domains"), url="/domains/", icon="world", section="", order=30),
    NavItem(label=_("Handovers"), url="/transfers/", icon="arrows-exchange", section="", order=33),
    NavItem(label=_("Isolation"), url="/isolation/", icon="shield-check", section="", order=32),
    NavItem(label=_("People"), url="/staff/", icon="users", section="", order=35),
    NavItem(label=_("Commands"), url="/commands/", icon="bolt", section="", order=38),
    NavItem(label=_("API keys"), url="/api-keys/", icon="key", section="", order=40),
)
CONTROL = (
    NavItem(label=_("Overview"), url="/control/", icon="layout-dashboard", section="", order=10),
    NavItem(label=_("Agencies"), url="/control/agencies/", icon="briefcase", section="", order=20),
    NavItem(label=_("Companies"), url="/control/companies/", icon="building-store", section="", order=30),
    NavItem(label=_("Domains"), url="/control/domains/", icon="world", section="", order=40),
    NavItem(label=_("Fleet"), url="/control/fleet/", icon="stack-2", section="", order=42),
    NavItem(label=_("Commands"), url="/control/fleet/commands/", icon="bolt", section="", order=43),
    NavItem(label=_("Operations"), url="/control/operations/", icon="list", section="", order=45),
    NavItem(label=_("Erasures"), url="/control/certificates/", icon="certificate", section="", order=47),
    NavItem(label=_("Isolation"), url="/control/isolation/", icon="shield-check", section="", order=47),
    NavItem(label=_("Health"), url="/control/health/", icon="heartbeat", section="", order=50),
)
