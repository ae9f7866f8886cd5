"""What the doors of creation ask: pages warn before they save, the API refuses when it is told to."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from tenants.kernel.actors import Actor
from tenants.records.duplicates.actions import possible_duplicates
from tenants.records.duplicates.words import reasons_text
from tenants.records.registry import RecordType


def warnings(
    request: HttpRequest, record_type: RecordType, values: Mapping[str, Any], by: Actor
) -> list[tuple[str, str, str]]:
    """(URL, name, reasons) of records like the one in a form; none once “Save anyway” was pressed."""
    if "save_anyway" in request.POST:
        return []
    return [
        (record_type.url_of(one.record), str(one.record), reasons_text(one.reasons))
        for one in possible_duplicates(record_type, values, by)
    ]
