"""The fields of a company's own, remembered in the process.

Asked for by every list, form and filter, so the warm path is one dictionary look-up.
Whoever changes a definition calls `forget_fields`; every process hears it on the
channel that also carries changed hosts.
"""

import time
from contextlib import suppress
from uuid import UUID

from tenants.directory.hosts import also_forget, forget_other
from tenants.kernel import context
from tenants.kernel.errors import NotFound
from tenants.records.custom.making import field_of
from tenants.records.fields import Field
from tenants.records.models import CustomField

KEPT_SECONDS = 300.0
Fields = dict[str, dict[str, Field]]
_kept: dict[UUID, tuple[float, Fields, Fields]] = {}
"""By company: until when, its own fields by type, and together with ours as far as they were asked for."""
also_forget("fields", _kept.clear)


def with_own(type_name: str, ours: dict[str, Field]) -> dict[str, Field]:
    """The fields of a record type as the company we are in has them: ours, then its own."""
    here = context.current_or_none()
    company_id = here.place.company_id if here else None
    if company_id is None:
        return ours
    kept = _kept.get(company_id)
    if kept is None or kept[0] < time.monotonic():
        kept = _kept[company_id] = (time.monotonic() + KEPT_SECONDS, _load(), {})
    _until, own, together = kept
    found = together.get(type_name)
    if found is None:
        added = own.get(type_name)
        found = together[type_name] = {**ours, **added} if added else ours
    return found


def _load() -> Fields:
    found: Fields = {}
    for definition in CustomField.objects.filter(retired_at=None):
        try:
            field = field_of(definition)
        except NotFound:  # it points at a type whose module is gone: the others still work
            continue
        found.setdefault(definition.record_type, {})[field.name] = field
    return found


def retired_fields(type_name: str) -> dict[str, Field]:
    """Fields out of sight whose values wait in the records. Asked for by exports and imports alone."""
    found: dict[str, Field] = {}
    for definition in CustomField.objects.filter(record_type=type_name, retired_at__isnull=False):
        with suppress(NotFound):
            field = field_of(definition)
            found[field.name] = field
    return found


def forget_fields() -> None:
    """Look again: here at once, in every other process after the commit."""
    forget_other("fields")
