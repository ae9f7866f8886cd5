"""The REST resources of notifications."""

from typing import Any

from tenants.records.schemas import Problem

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422, 502), Problem)
