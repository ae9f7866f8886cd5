"""What the house itself tells, whatever modules there are; and what is told once its module is there."""

from django.utils.translation import gettext_lazy as _

from tenants.notifications.kinds import Kind

PEOPLE, WORK, CUSTOMERS = _("People"), _("Work in the background"), _("Customers")
KINDS = (
    Kind(
        name="mention", label=_("Somebody mentions you"), about=_("In a note about a record you may see."),
        icon="at", group=PEOPLE, channels=("in_app", "email", "push"),
    ),
    Kind(
        name="record_assigned", label=_("A record becomes yours"), about=_("Somebody else makes you its owner."),
        icon="user-share", group=PEOPLE, channels=("in_app", "push"),
    ),
    Kind(
        name="note_added", label=_("A note on what you follow"), about=_("Your own records, and those you follow."),
        icon="note", group=PEOPLE,
    ),
    Kind(
        name="job_finished", label=_("Your job has ended"), about=_("An import, export or change of many records."),
        icon="progress-check", group=WORK, tells_oneself=True, is_shown_at_once=False,
    ),
    Kind(
        name="workflow_failed", label=_("A workflow failed"), about=_("One of yours stopped at a step."),
        icon="bolt", group=WORK, channels=("in_app", "email"),
    ),
    Kind(
        name="meeting", label=_("A meeting is near"), icon="calendar-event", group=CUSTOMERS,
        comes_with=_("the calendar"),
    ),
    Kind(
        name="customer_reply", label=_("A customer replies"), icon="message", group=CUSTOMERS,
        comes_with=_("the inbox"),
    ),
    Kind(
        name="form_submission", label=_("A form is sent in"), icon="forms", group=CUSTOMERS, comes_with=_("forms"),
    ),
    Kind(
        name="quota_milestone", label=_("A goal is reached"), icon="trophy", group=CUSTOMERS,
        comes_with=_("goals"),
    ),
)  # fmt: skip
