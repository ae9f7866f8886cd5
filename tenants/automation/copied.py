"""Workflows come along turned off: two companies sending the same mail to the same people is one too many."""

from django.utils.translation import gettext_lazy as _

from tenants.kernel.copies import EVERYWHERE, PACKAGES, SEALED, Else, table

OFF = Else("CASE WHEN state = 'active' THEN 'off' ELSE state END", unless=PACKAGES)
table("automation.Workflow", comes=EVERYWHERE, else_as={"state": OFF, "month": Else("''"), "month_steps": Else("0")})
table("automation.Version", comes=EVERYWHERE)
# Who is under way goes on where the company goes on.
table("automation.Enrolment", comes=PACKAGES, else_as={"claimed_until": Else("NULL")})
table("automation.StepRun", comes=PACKAGES)
table("automation.Rotation", comes=PACKAGES)
table("automation.AutomationSecret", comes=SEALED, again=_("Secrets of workflows"))
