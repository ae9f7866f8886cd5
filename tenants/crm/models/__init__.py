"""People, the organisations they work for, what may come of it, and what is to be done."""

from tenants.crm.models.deals import Deal, DealLine, LostReason, Pipeline, SalesSettings, Stage, StageVisit
from tenants.crm.models.leads import Lead
from tenants.crm.models.people import Account, Contact, Seat
from tenants.crm.models.work import Activity, Reminder, Task

__all__ = [
    "Account",
    "Activity",
    "Contact",
    "Deal",
    "DealLine",
    "Lead",
    "LostReason",
    "Pipeline",
    "Reminder",
    "SalesSettings",
    "Seat",
    "Stage",
    "StageVisit",
    "Task",
]
