"""Every night."""

from celery import shared_task

from saas.isolation.alarm import mail_admins as mail_admins  # Celery looks for tasks here
from tenants.directory.task import PublicTask
from tenants.fleet.isolation.actions import begin_proof
from tenants.fleet.isolation.queries import attackable
from tenants.kernel.actors import robot
from tenants.kernel.errors import Conflict
from tenants.kernel.logs import logger

log = logger(__name__)


@shared_task(base=PublicTask)
def prove_isolation() -> None:
    if len(attackable()[:2]) < 2:
        log.info("isolation not attacked: there are no two companies")
        return
    try:
        begin_proof(by=robot("Every night"), rests=True)
    except Conflict:
        log.info("isolation is being attacked already")
