"""A copy tells nobody: endpoints and addresses come only where secrets do, and then paused."""

from django.utils.translation import gettext_lazy as _

from tenants.kernel.copies import NOWHERE, SEALED, Else, table

# Two companies would tell the same machine of the same things, and be told them.
table(
    "webhooks.Endpoint", comes=SEALED, again=_("Webhooks"),
    else_as={"state": Else("'paused'"), "not_before": Else("NULL"), "broken_at": Else("NULL")},
)  # fmt: skip
table("webhooks.Delivery", comes=NOWHERE)
# The digest is salted with the company: the address has to be made anew.
table("webhooks.InboundHook", comes=NOWHERE, again=_("Addresses for webhooks in"))
table("webhooks.Reception", comes=NOWHERE)
