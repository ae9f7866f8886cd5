"""The mail to an endpoint's owner when it does not answer any more."""

from uuid import UUID

from tenants.directory.hosts import tenant_now
from tenants.kernel.logs import logger
from tenants.kernel.mailing import send_branded
from tenants.webhooks.models import Endpoint

log = logger(__name__)


def tell_broken(endpoint_id: UUID, opened_at: str) -> None:
    """Once for each opening: sent twice it has the same Message-ID."""
    endpoint = Endpoint.objects.select_related("owner").filter(pk=endpoint_id).first()
    owner = endpoint.owner if endpoint else None
    if not endpoint or not owner or not owner.is_active:
        log.info("nobody to tell of a broken endpoint", endpoint=str(endpoint_id))
        return
    tenant = tenant_now()
    values = {
        "name": owner.name, "endpoint": endpoint.name, "reason": endpoint.reason,
        "url": f"{tenant.base_url}/settings/webhooks/{endpoint.pk}/",
    }  # fmt: skip
    key = f"webhook-broken:{endpoint.pk}:{opened_at}"
    send_branded(tenant, "webhook_broken", owner.email, values, key=key, language=owner.language)
