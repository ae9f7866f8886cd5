"""Mails of the platform's site."""

from celery import shared_task
from django.conf import settings

from public_site.site.models import WAITS, SignUp
from public_site.site.queries import link_token
from tenants.directory.queries import load_tenant
from tenants.directory.task import PublicTask
from tenants.identity.models import User
from tenants.kernel.logs import logger
from tenants.kernel.mailing import send_branded

log = logger(__name__)


@shared_task(base=PublicTask, autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def mail_confirmation(sign_up_id: str) -> None:
    """Ask the address to confirm; who has an account already is told so here, not on the page."""
    found = SignUp.objects.select_related("agency").filter(pk=sign_up_id).first()
    tenant = load_tenant(settings.PLATFORM_DOMAIN)
    if not found or found.confirmed_at or not tenant:
        log.info("no confirmation to send", sign_up=sign_up_id)
        return
    has_account = User.objects.filter(email__iexact=found.email, verified_at__isnull=False).exists()
    url = f"{tenant.base_url}/sign-up/confirm/{link_token(found)}/"
    facts = {
        "name": found.name,
        "agency": found.agency.name,
        "url": url,
        "days": WAITS.days,
        "has_account": has_account,
    }
    send_branded(tenant, "agency_confirm", found.email, facts, key=f"confirm:{found.pk}:{found.mailed_at}")
