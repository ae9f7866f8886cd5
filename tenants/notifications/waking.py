"""When each company's next delivery is due, or the next notification that was put off."""

from tenants.directory.models import Company
from tenants.fleet.lifecycle.rooms import on_erase
from tenants.fleet.waking import Waking

_deliveries = Waking("notifications:due", "deliveries")
mark = _deliveries.mark
due = _deliveries.due
is_full_sweep_due = _deliveries.is_full_sweep_due


@on_erase
def forget(company: Company) -> list[str]:
    return _deliveries.forget(company)
