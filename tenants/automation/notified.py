"""The kinds of notifications that workflows send."""

from django.utils.translation import gettext_lazy as _

from tenants.notifications.kinds import Kind

GROUP = _("Automation")
KINDS = (
    Kind(
        name="workflow_message", label=_("A message of a workflow"), about=_("What a step tells you"), icon="route",
        group=GROUP,
    ),
)  # fmt: skip
