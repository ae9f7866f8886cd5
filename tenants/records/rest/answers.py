"""How the API answers: JSON written by orjson, records with their ETag."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, DomainError, Invalid
from tenants.records.past.reading import moment_asked, reading
from tenants.records.queries import missing, visible_to
from tenants.records.registry import RecordType
from tenants.records.rows import Reader, expanded
from tenants.records.schemas import ShapeIn

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class Stale(DomainError):
    """If-Match named a version that is no longer the record's."""

    code = "stale"
    status = 412
    title = "Somebody changed this record meanwhile"


@contextmanager
def heeding_versions() -> Iterator[None]:
    """A write that is refused because the record has moved on is told as the header's fault."""
    try:
        yield
    except Conflict as error:
        if error.field == "version":
            raise Stale(error.detail, field="If-Match", fix=error.fix) from error
        raise


def json_answer(found: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(written(found), status=status, content_type=JSON)


def written(found: Any) -> bytes:
    """As JSON, the way the API writes it."""
    return orjson.dumps(found, default=_plain, option=OPTIONS)


JSON = "application/json; charset=utf-8"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | Promise):
        return str(value)
    if isinstance(value, int):  # a number that prints in a way of its own, like a duration
        return int(value)
    raise TypeError(f"{type(value)} has no form in JSON")


def names(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def record_answer(
    record_type: RecordType, record_id: Any, actor: Actor, asked: ShapeIn | None = None, *, status: int = 200
) -> HttpResponse:
    """One record as it stands now, or stood at the moment that is asked for. Raises NotFound."""
    asked = asked or ShapeIn(fields="", expand="", as_of="")
    if asked.as_of:
        return _of_then(record_type, record_id, actor, asked)
    reader = Reader.of(record_type, names(asked.fields))
    found = reader.one(record_id, actor)
    if not found:
        raise missing(record_type)
    expanded(record_type, [found], names(asked.expand), actor)
    answer = json_answer(found, status=status)
    answer["ETag"] = f'"{found["version"]}"'
    return answer


def _of_then(record_type: RecordType, record_id: Any, actor: Actor, asked: ShapeIn) -> HttpResponse:
    """The record of the past, among what stands around it today. Without an ETag: nobody changes it."""
    with reading(moment_asked(asked.as_of), only=(record_type, record_id)):
        reader = Reader.of(record_type, names(asked.fields))
        found = reader.dictionaries(list(reader.rows(visible_to(actor, record_type).filter(pk=record_id))))
        if not found:
            raise missing(record_type)
        expanded(record_type, found, names(asked.expand), actor)
    return json_answer(found[0])


def version_asked(request: HttpRequest) -> int | None:
    """The version an If-Match header names. Raises Invalid for one that is not ours."""
    tag = request.headers.get("If-Match", "").strip()
    if not tag or tag == "*":
        return None
    digits = tag.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 9:
        raise Invalid({"If-Match": ["Send the ETag of the record as you got it."]})
    return int(digits)
