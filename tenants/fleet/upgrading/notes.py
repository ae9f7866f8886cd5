"""The ledger in the same transaction as what it tells of: statements that say where public is.

They run while the path leads into a company's schema.
"""

import json
from collections.abc import Iterable

from tenants.fleet.migrating import Key

ENTER = (
    "SELECT set_config('search_path', %s, true), set_config('lock_timeout', %s, true),"
    " set_config('statement_timeout', %s, true)"
)
# The row is held until the end: a second process waits here, and then finds that it is not what it thought.
CLAIM = "SELECT 1 FROM public.fleet_schema WHERE name = %s AND applied = %s::jsonb AND state = 'claimed' FOR UPDATE"
NOTE = (
    "UPDATE public.fleet_schema SET applied = %s::jsonb, fingerprint = %s, error = '', failed_at = NULL,"
    " took_ms = extract(epoch FROM clock_timestamp() - now()) * 1000, migrated_at = now(), updated_at = now()"
    " WHERE name = %s"
)
FAIL = "UPDATE public.fleet_schema SET error = %s, failed_at = now(), updated_at = now() WHERE name = %s"


def as_pairs(keys: Iterable[Key]) -> str:
    return json.dumps([list(key) for key in keys])
