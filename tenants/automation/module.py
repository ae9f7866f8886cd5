"""What automation offers the house."""

from django.utils.translation import gettext_lazy as _

from tenants.automation.beside import panels, quick_actions
from tenants.kernel.modules import Module, NavItem
from tenants.records.outbox.catalogue import EventKind

NAME = {"workflow": _("The workflow's name")}
EVENTS = (
    EventKind(
        name="workflow.published", label=_("Workflow: published"),
        payload=NAME | {"number": _("Which version"), "owner_id": _("Whose it is")},
    ),
    EventKind(
        name="workflow.stopped", label=_("Workflow: turned off by itself"),
        payload=NAME | {"because": _("Why"), "kind": _("circle or storm"), "owner_id": _("Whose it is")},
    ),
    EventKind(
        name="workflow.failed", label=_("Workflow: a run failed"),
        payload=NAME | {
            "enrolment_id": _("The run"), "error": _("What went wrong"), "about_type": _("Type of its record"),
            "about_id": _("Its record"), "about_name": _("Its record's name"),
        },
    ),
)  # fmt: skip
module = Module(
    name="automation",
    label=_("Automation"),
    nav=(
        NavItem(
            label=_("Automation"), url="/automation/", icon="bolt", section=_("Work"), order=80, subject="settings"
        ),
    ),
    settings_nav=(NavItem(label=_("Secrets"), url="/settings/secrets/", icon="key", section="", subject="settings"),),
    events=EVENTS,
    urls="tenants.automation.urls",
    quick_actions=quick_actions,
    panels=panels,
    automation="tenants.automation.offered",
    routers=(
        ("/workflows", "tenants.automation.api.router"),
        ("/workflow-enrolments", "tenants.automation.runs_api.runs"),
        ("/workflow-backtests", "tenants.automation.runs_api.backtests"),
        ("/workflow-secrets", "tenants.automation.runs_api.secrets"),
    ),
    notifications="tenants.automation.notified",
)
