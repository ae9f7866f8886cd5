"""The operations of this room register themselves, and so does what the clock calls."""

from tenants.fleet.copies import tasks
from tenants.fleet.copies.cloning import CLONE, DROP_SANDBOX
from tenants.fleet.copies.exporting import EXPORT
from tenants.fleet.copies.importing import IMPORT

__all__ = ["CLONE", "DROP_SANDBOX", "EXPORT", "IMPORT", "tasks"]
