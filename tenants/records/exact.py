"""Values as the API document describes them, where pydantic by itself takes more.

It reads 0 and "no" as false and 1700000000 as a moment. A document that says boolean or date-time refuses both, and
so must we: what is taken by mistake is noticed too late.
"""

import re
from collections.abc import Callable
from typing import Any, cast

from pydantic_core import CoreSchema, core_schema

INNER = ("schema", "fields", "items_schema", "keys_schema", "values_schema", "choices", "definitions")
"""Where a core schema keeps the schemas of its parts."""
TIMES = {"datetime": "2026-11-30T15:00:00Z", "date": "2026-11-30", "time": "15:00:00"}
NUMBER = re.compile(r"\s*[-+]?[\d.]+\s*")


def as_documented(schema: CoreSchema) -> CoreSchema:
    """Truth values are true and false, whole numbers are numbers, times are written out."""
    return cast(CoreSchema, _changed(schema, _exact))


def with_times_written(schema: CoreSchema) -> CoreSchema:
    """For addresses, where everything is text."""
    return cast(CoreSchema, _changed(schema, _written))


def _exact(schema: dict[str, Any]) -> dict[str, Any]:
    return schema | {"strict": True} if schema["type"] in ("bool", "int") else _written(schema)


def _written(schema: dict[str, Any]) -> dict[str, Any]:
    example = TIMES.get(schema["type"])
    return dict(core_schema.no_info_before_validator_function(_Text(example), schema)) if example else schema


class _Text:
    """Refuses the numbers that pydantic would take for seconds."""

    def __init__(self, example: str) -> None:
        self.example = example

    def __call__(self, value: Any) -> Any:
        if isinstance(value, int | float) or (isinstance(value, str) and NUMBER.fullmatch(value)):
            raise ValueError(f"Write it as {self.example}")
        return value


def _changed(schema: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(schema, list | tuple):
        return type(schema)(_changed(one, change) for one in schema)
    if not isinstance(schema, dict) or isinstance(schema.get("function", {}).get("function"), _Text):
        return schema
    if not isinstance(schema.get("type"), str):  # fields or choices by their names
        return {name: _changed(one, change) for name, one in schema.items()}
    return change(schema | {name: _changed(schema[name], change) for name in INNER if name in schema})
