"""One model for each shape of an answer, where ninja makes one for each status of each operation.

Most of them say "a problem", again and again: they took a process seconds at its start, and the document more.
"""

from functools import cache
from typing import Any, cast

from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

_made_by_ninja = Operation._create_response_model


def share_models() -> None:
    """From here on. Before the first route is told."""
    Operation._create_response_model = _shared  # type: ignore[assignment,method-assign]


def _shared(operation: Operation, shape: Any) -> type[Schema] | None:
    """As ninja's own, for what can be told from others; the rest it makes itself."""
    try:
        return _model(shape)
    except TypeError:  # unhashable
        return _made_by_ninja(operation, shape)


@cache
def _model(shape: Any) -> type[Schema] | None:
    return _made_by_ninja(cast(Operation, None), shape)


class Document(OpenAPISchema):
    """The API document; each model is asked for its schema once."""

    def __init__(self, api: NinjaAPI, path_prefix: str) -> None:
        self.told: dict[Any, tuple[dict[str, Any], bool]] = {}
        super().__init__(api, path_prefix)

    def _create_schema_from_model(
        self, model: Any, by_alias: bool = True, remove_level: bool = True, mode: Any = "validation"
    ) -> tuple[dict[str, Any], bool]:
        key = (model, by_alias, remove_level, mode)
        if key not in self.told:
            self.told[key] = super()._create_schema_from_model(model, by_alias, remove_level, mode)
        schema, is_required = self.told[key]
        return dict(schema), is_required
