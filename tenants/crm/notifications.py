"""What the CRM tells people of their tasks, deals and leads."""

from django.utils.translation import gettext_lazy as _

from tenants.notifications.kinds import Kind

TASKS, DEALS, LEADS = _("Tasks"), _("Deals"), _("Leads")
LOUD = ("in_app", "push")
KINDS = (
    Kind(
        name="task_due", label=_("A task is due"), about=_("When a reminder that was set for it comes."),
        icon="checkbox", group=TASKS, channels=LOUD,
    ),
    Kind(
        name="task_overdue", label=_("A task is overdue"), about=_("Its time has passed, and it is not done."),
        icon="alert-triangle", group=TASKS, channels=("in_app", "email"),
    ),
    Kind(
        name="follow_up", label=_("A follow-up is due"), about=_("Tasks to get back to somebody."),
        icon="arrow-forward-up", group=TASKS, channels=LOUD,
    ),
    Kind(
        name="deal_stagnant", label=_("A deal stands still"),
        about=_("Nobody has touched it for longer than its stage allows."), icon="hourglass", group=DEALS,
    ),
    Kind(
        name="deal_at_risk", label=_("A deal is at risk"), about=_("Its customer is about to leave, by their health."),
        icon="trending-down", group=DEALS, channels=("in_app", "email"),
    ),
    Kind(
        name="hot_lead", label=_("A hot lead is yours"), about=_("A hot one becomes yours, or yours becomes hot."),
        icon="flame", group=LEADS, channels=("in_app", "email", "push"), is_urgent=True,
    ),
)  # fmt: skip
