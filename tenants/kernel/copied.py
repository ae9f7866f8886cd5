"""Data keys stay: a copy gets keys of its own, and its secrets are written anew with them."""

from tenants.kernel.copies import NOWHERE, table

table("kernel.DataKey", comes=NOWHERE)
