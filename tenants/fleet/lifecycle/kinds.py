"""The operations of this room."""

from tenants.fleet.lifecycle.erasing import ERASE
from tenants.fleet.lifecycle.transferring import TRANSFER

__all__ = ["ERASE", "TRANSFER"]
