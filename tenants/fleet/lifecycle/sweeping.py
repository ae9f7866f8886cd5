"""What has come to its time."""

from tenants.directory.tombstones import bury_moved_hosts
from tenants.fleet.lifecycle.erasing import erase_due
from tenants.fleet.lifecycle.transfers import expire_transfers
from tenants.kernel import context
from tenants.kernel.logs import logger

log = logger(__name__)


def sweep() -> None:
    done = {"erasures": erase_due(by=context.actor()), "hosts": bury_moved_hosts(), "transfers": expire_transfers()}
    if any(done.values()):
        log.info("lifecycles ended", **done)
