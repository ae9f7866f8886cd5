"""JSON that the builder sends."""

from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenants.kernel.errors import Invalid

MOST_BYTES = 2_000_000


def sent(request: HttpRequest) -> dict[str, Any]:
    """The object in the body. Raises Invalid."""
    if len(request.body) > MOST_BYTES:
        raise Invalid({"body": [_("This is more than a workflow may be.")]})
    try:
        found = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Invalid({"body": [_("Send JSON.")]}) from error
    if not isinstance(found, dict):
        raise Invalid({"body": [_("Send an object.")]})
    return found


def definition_in(request: HttpRequest) -> dict[str, Any]:
    found = sent(request).get("definition")
    if not isinstance(found, dict):
        raise Invalid({"definition": [_("Send the definition.")]})
    return found
