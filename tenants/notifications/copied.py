"""What becomes of notifications when a company is copied: wishes come along, nobody is told anything twice."""

from django.utils.translation import gettext_lazy as _

from tenants.kernel.copies import EVERYWHERE, NOWHERE, PACKAGES, SEALED, Copy, Else, table

table("notifications.Notification", comes=PACKAGES)
table("notifications.Delivery", comes=NOWHERE)
table("notifications.ChatConnection", comes=SEALED, again=_("Slack, Teams and Discord channels"))
# The address of a browser leads to the company it was given to.
table("notifications.PushSubscription", comes=NOWHERE)
table(
    "notifications.Wishes", comes=EVERYWHERE, only={Copy.SHAPE: "user_id IS NULL"},
    else_as={"push_key": Else("''")},
)  # fmt: skip
