"""JSON and XML: objects in a list, their parts as columns."""

import codecs
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

import ijson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.records.importing.formats.base import Row, Table, header_of, is_blank
from tenants.records.importing.formats.encodings import encoding_of
from tenants.records.importing.formats.xml import MOST_DEPTH, Watched, events, tag_of
from tenants.records.importing.limits import HEAD_ROWS, MOST_COLUMNS, MOST_ROW_PARTS, BadFile

Found = dict[str, Any]
PIECE = 64 * 1024


def read_json(file: BinaryIO, *, encoding: str = "", names: Sequence[str] = ()) -> Table:
    """A list of objects, at the top or under the first name that has one. Raises BadFile.

    `names` are the columns, where they are known: else those of the first objects.
    """
    found = encoding_of(file, encoding)
    details = {"encoding": found.replace("-sig", "")}
    objects = _objects(_Utf8(file, found))
    return Table(list(names), _rows([], objects, list(names)), [], details) if names else _table(objects, details)


class _Utf8:
    """A file of any encoding as the bytes that the parser reads."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.reader = codecs.getreader(encoding)(file, "replace")

    def read(self, size: int = -1) -> bytes:
        return b"" if size == 0 else self.reader.read(size, -1).encode()


OPENING, CLOSING = ("start_map", "start_array"), ("end_map", "end_array")


def _objects(file: Any) -> Iterator[Found]:
    """Objects in a list that stands at the top, or under the first name with a list."""
    watched, stack, key, section, builder, parts = Watched(file), list[str](), "", "", None, 0
    try:
        for event, value in ijson.basic_parse(watched, buf_size=PIECE):
            watched.heard()
            if event == "map_key" and len(stack) == 1:
                key = str(value)
            if event == "start_map" and builder is None and _is_row(stack, key, section):
                builder, parts, section = ijson.ObjectBuilder(), 0, section or (key if len(stack) == 2 else "")
                at = len(stack)
            stack += [event] if event in OPENING else []
            if len(stack) > MOST_DEPTH:
                raise BadFile(_("This file is nested too deeply."))
            if event in CLOSING:
                stack.pop()
            if builder is None:
                continue
            builder.event(event, value)
            parts += 1
            if parts > MOST_ROW_PARTS:
                raise BadFile(_("One object in this file has far too many values."))
            if len(stack) == at:
                yield builder.value
                builder = None
    except (ijson.JSONError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())[:120]
        raise BadFile(_("This is not JSON that can be read: %(why)s") % {"why": words}) from error


def _is_row(stack: list[str], key: str, section: str) -> bool:
    if stack == ["start_array"]:
        return not section
    return stack == ["start_map", "start_array"] and key == (section or key)


def _table(objects: Iterator[Found], details: dict[str, str]) -> Table:
    """Columns are the names in the first objects; a name that comes up later makes its row a bad one."""
    head: list[Found] = []
    names: dict[str, None] = {}
    for one in objects:
        head.append(flat(one))
        names.update(dict.fromkeys(head[-1]))
        if len(head) >= HEAD_ROWS or len(names) > MOST_COLUMNS:
            break
    if not names:
        raise BadFile(_("There are no records in this file. Give a list of objects, each with at least one value."))
    notes: list[str] = []
    headers = header_of(names, notes)
    return Table(headers, _rows(head, objects, list(names)), notes, details)


def _rows(head: list[Found], rest: Iterator[Found], names: list[str]) -> Iterator[Row]:
    known = set(names)
    for number, one in enumerate(head, start=1):
        yield Row(number, [one.get(name, "") for name in names])
    for number, raw in enumerate(rest, start=len(head) + 1):
        one = flat(raw)
        cells = [one.get(name, "") for name in names]
        unknown = [name for name in one if name not in known]
        words = _("This record has values that the first ones did not have: %(names)s.")
        if not is_blank(one.values()):
            yield Row(number, cells, words % {"names": ", ".join(unknown)[:200]} if unknown else "")


def flat(one: Found) -> Found:
    """Relations as our own files write them become two columns; other objects and lists stay whole."""
    found: Found = {}
    for name, value in one.items():
        if isinstance(value, dict) and set(value) == {"id", "name"}:
            found[f"{name}_id"], found[name] = value["id"], value["name"]
        elif isinstance(value, dict) and name == "custom":
            found |= {f"custom.{key}": _plain(inner) for key, inner in value.items()}
        else:
            found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return [str(one) for one in value]
    if isinstance(value, dict | list):
        return json.loads(json.dumps(value, default=_number))
    return f"{value:f}" if isinstance(value, Decimal) else "" if value is None else value


def _number(value: Any) -> Any:
    """What JSON writes with a point."""
    return float(value) if isinstance(value, Decimal) else str(value)


def read_xml(file: BinaryIO) -> Table:
    """Elements that repeat below the root, their parts as columns. Raises BadFile."""
    depth = _depth_of_rows(file)
    file.seek(0)
    return _table(_elements(file, depth), {})


def _elements(file: BinaryIO, wanted: int) -> Iterator[Found]:
    for event, node, depth in events(file, (str(wanted),), NO_XML):
        if event == "end" and depth == wanted:
            yield dict(_parts(node, ""))


def _parts(node: Element, prefix: str) -> Iterator[tuple[str, str]]:
    """Attributes and elements by name; inner ones by their path, repeated ones joined by commas."""
    for name, value in node.attrib.items():
        yield f"{prefix}{name.rpartition('}')[2]}", value
    found: dict[str, list[str]] = {}
    for child in node:
        path = f"{prefix}{tag_of(child)}"
        if len(child):
            for name, value in _parts(child, f"{path}."):
                found.setdefault(name, []).append(value)
        else:
            found.setdefault(path, []).append((child.text or "").strip())
    for name, values in found.items():
        yield name, ", ".join(value for value in values if value)


def _depth_of_rows(file: BinaryIO) -> int:
    """The outermost depth at which elements of one name follow each other and have parts; 2 when none do."""
    file.seek(0)
    last: dict[int, str] = {}
    for seen, (event, node, depth) in enumerate(events(file, ("3", "4", "5"), NO_XML)):
        if event == "end" and depth in (2, 3):
            if last.get(depth) == tag_of(node) and (len(node) or node.attrib):
                return depth
            last[depth] = tag_of(node)
        if seen > MOST_ROW_PARTS * 4:
            break
    return 2


NO_XML = gettext_lazy("This is not XML that can be read. Check that it is complete, or save the table as CSV.")
