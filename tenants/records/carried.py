"""The kernel's tables register themselves."""

from tenants.records.whole import kernel

__all__ = ["kernel"]
