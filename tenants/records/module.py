"""What the kernel of records offers the house: its pages of care for the data, its settings."""

from django.utils.translation import gettext_lazy as _

from tenants.kernel.modules import Module, NavItem

module = Module(
    name="records",
    label=_("Records"),
    nav=(
        NavItem(label=_("Duplicates"), url="/duplicates/", icon="copy", section=_("Data"), order=82),
        NavItem(label=_("Recycle bin"), url="/bin/", icon="trash", section=_("Data"), order=83),
        NavItem(label=_("Jobs"), url="/jobs/", icon="progress-check", section=_("Data"), order=84),
    ),
    settings_nav=(
        NavItem(label=_("Fields"), url="/settings/fields/", icon="forms", section="", subject="settings"),
        NavItem(label=_("Tags"), url="/settings/tags/", icon="tags", section="", subject="settings"),
        NavItem(label=_("Search"), url="/settings/search/", icon="search", section="", subject="settings"),
        NavItem(
            label=_("Time machine"),
            url="/settings/time-machine/",
            icon="history-toggle",
            section="",
            subject="settings",
        ),
    ),
)
