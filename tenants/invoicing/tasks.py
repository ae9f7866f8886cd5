"""Making documents ahead, so that the first download is quick."""

from uuid import UUID

from celery import shared_task

from tenants.directory.task import TenantTask
from tenants.invoicing import documents
from tenants.invoicing.models import Invoice
from tenants.kernel.logs import logger

log = logger(__name__)


@shared_task(base=TenantTask)
def store_pdf(invoice_id: str) -> None:
    """Make the document of an issued invoice; does nothing when it is there."""
    invoice = Invoice.objects.filter(pk=UUID(invoice_id)).first()
    if not invoice:
        log.warning("invoice vanished before its document was made", invoice_id=invoice_id)
        return
    documents.store_pdf(invoice)
