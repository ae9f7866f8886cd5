"""When something got through: the log says so, and every admin of the platform gets a mail."""

from celery import shared_task
from django.conf import settings
from django.db import transaction

from public_site.control.models import PlatformAdmin
from tenants.directory.models import Agency
from tenants.directory.queries import load_tenant
from tenants.directory.task import PublicTask
from tenants.fleet.models import IsolationReport, Verdict
from tenants.kernel.logs import logger
from tenants.kernel.mailing import send_branded

log = logger(__name__)


def sound(report: IsolationReport, agency: Agency) -> None:
    """Once a report: the audit's line is written with it, the control panel's banner asks for it."""
    if report.verdict == Verdict.RED:
        log.error("isolation breached", report_id=str(report.pk), agency=agency.slug, findings=report.findings)
        transaction.on_commit(lambda: mail_admins.delay(str(report.pk)), robust=True)
    elif report.verdict == Verdict.UNCLEAR:
        log.warning("isolation not proven", report_id=str(report.pk), agency=agency.slug)


@shared_task(base=PublicTask, autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def mail_admins(report_id: str) -> None:
    found = IsolationReport.objects.filter(pk=report_id).first()
    tenant = load_tenant(settings.PLATFORM_DOMAIN)
    if not found or not tenant:
        log.info("no alarm to send", report=report_id)
        return
    document = found.document
    doors = [door["door"] for door in document["doors"] if door["state"] == Verdict.RED]
    facts = {
        "agency": document["agency"]["name"], "findings": found.findings, "doors": ", ".join(doors),
        "url": f"{tenant.base_url}/control/isolation/{found.pk}/",
    }  # fmt: skip
    for admin in PlatformAdmin.objects.select_related("user"):
        send_branded(tenant, "isolation_breached", admin.user.email, facts, key=f"isolation:{found.pk}:{admin.user_id}")
