"""Once a day: codes and tokens that are dead are dropped."""

from celery import shared_task

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.directory.task import PublicTask, TenantTask
from tenants.identity.oauth.accesses import tidy
from tenants.kernel.logs import logger

log = logger(__name__)


@shared_task(base=TenantTask)
def tidy_accesses() -> None:
    if gone := tidy():
        log.info("oauth tidied", rows=gone)


@shared_task(base=PublicTask)
def tidy_accesses_everywhere() -> None:
    for company_id in Company.objects.filter(status=CompanyStatus.ACTIVE).values_list("pk", flat=True):
        tidy_accesses.apply_async(kwargs={"company_id": str(company_id)})
