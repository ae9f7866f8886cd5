"""Writes of the CRM beyond create, update and delete, which are the house's."""

from tenants.crm.actions.conversion import Plan, Result, convert_lead, convert_leads
from tenants.crm.actions.lines import set_lines
from tenants.crm.actions.pipelines import (
    add_pipeline,
    add_reason,
    make_default,
    move_stage,
    remove_pipeline,
    remove_reason,
    remove_stage,
    rename_reason,
    set_card_fields,
)
from tenants.crm.actions.recurrence import make_next, next_due
from tenants.crm.actions.reminders import send_reminders, set_reminders
from tenants.crm.actions.teams import set_team

__all__ = [
    "Plan",
    "Result",
    "add_pipeline",
    "add_reason",
    "convert_lead",
    "convert_leads",
    "make_default",
    "make_next",
    "move_stage",
    "next_due",
    "remove_pipeline",
    "remove_reason",
    "remove_stage",
    "rename_reason",
    "send_reminders",
    "set_card_fields",
    "set_lines",
    "set_reminders",
    "set_team",
]
