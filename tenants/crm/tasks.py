"""Celery entries of the CRM. Each may run twice."""

from celery import shared_task
from django.utils import timezone

from tenants.crm import waking
from tenants.crm.actions.reminders import next_reminder_at, send_reminders
from tenants.crm.health import rescore_all
from tenants.crm.telling import tell_at_risk, tell_overdue, tell_stagnant
from tenants.directory.queries import open_company_ids
from tenants.directory.task import PublicTask, TenantTask, send_everywhere, send_to


@shared_task(base=TenantTask)
def remind() -> None:
    """Send what is due, tell what is overdue, then note when this company is next."""
    while send_reminders():
        pass
    tell_overdue()
    following = next_reminder_at()
    if following:
        waking.mark(following)


@shared_task(base=PublicTask)
def remind_everywhere() -> None:
    """Visit the companies with a reminder due; all open companies once in a while."""
    companies = waking.due(timezone.now())
    send_to(open_company_ids() if waking.is_full_sweep_due() else companies, remind, expires=300)


@shared_task(base=TenantTask)
def rescore_customers() -> None:
    """Every night: how customers stand, and which deals suffer from it or from being left alone."""
    rescore_all()
    tell_stagnant()
    tell_at_risk()


@shared_task(base=PublicTask)
def rescore_customers_everywhere() -> None:
    send_everywhere(rescore_customers, expires=3600)
