"""The API document as it is given out: what ninja cannot say of our answers is said here."""

from collections.abc import Iterator
from typing import Any

PROBLEM = "#/components/schemas/Problem"
TOO_LONG = {"description": "The address is longer than the server reads."}


def finished(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with refusals in their media type and the server's own answer to endless addresses."""
    for operation in _operations(document):
        responses = operation["responses"]
        for status, answer in responses.items():
            responses[status] = _as_problem(answer)
        if any(one["in"] == "query" for one in operation.get("parameters", [])):
            responses.setdefault("414", TOO_LONG)
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def _as_problem(answer: dict[str, Any]) -> dict[str, Any]:
    """A problem body is `application/problem+json` (RFC 9457)."""
    body = answer.get("content", {}).get("application/json")
    if not body or body.get("schema", {}).get("$ref") != PROBLEM:
        return answer
    return answer | {"content": {"application/problem+json": body}}
