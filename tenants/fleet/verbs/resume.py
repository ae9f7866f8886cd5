"""`manage.py company resume`."""

from typing import Any

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.fleet.lifecycle.closing import restore_company, resume_company
from tenants.fleet.verbs.base import CompanyVerb


class Resume(CompanyVerb):
    help = "Open a suspended company again, or take a closed one back before its erasure begins."

    def about(self, company: Company, **options: Any) -> None:
        if company.status == CompanyStatus.RETIRED:
            restore_company(company=company, by=self.by)
        else:
            resume_company(company=company, by=self.by)
        self.say(f"{company} is open.")
