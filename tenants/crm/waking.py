"""When each company's next reminder is due."""

from tenants.directory.models import Company
from tenants.fleet.lifecycle.rooms import on_erase
from tenants.fleet.waking import Waking

_reminders = Waking("crm:reminders", "reminders")
mark = _reminders.mark
due = _reminders.due
is_full_sweep_due = _reminders.is_full_sweep_due


@on_erase
def forget(company: Company) -> list[str]:
    return _reminders.forget(company)
