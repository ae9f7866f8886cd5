"""Backups in the control panel."""

from public_site.backups.doors import Door
from public_site.backups.pages import urls_at
from public_site.control.access import admins_only
from public_site.control.queries import company_by_id

DOOR = Door("control", "base/platform.html", admins_only, lambda request, company_id: company_by_id(company_id))
urls = urls_at(DOOR)
