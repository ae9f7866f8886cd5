"""Whatever stands in a cell: it comes back from a file as it was, or the row is told what is wrong with it."""

import csv
import io
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.importing.formats.base import Row
from tenants.records.importing.formats.sheets import read_sheet
from tenants.records.importing.formats.tables import read_table
from tenants.records.importing.formats.trees import read_json
from tenants.records.importing.parsing import Parsers
from tenants.records.importing.plan import Column, Plan
from tenants.records.importing.reading import Reader
from tenants.records.importing.targets import FULL_NAME, ID, targets_of
from tenants.records.importing.values import raw_value
from tenants.records.neutral import neutral
from tenants.records.registry import record_types, type_named
from tests.factories import Twin

MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
TEXT = st.text(max_size=60)
WRITTEN = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00\r\n"), max_size=40)
WORDS = st.sampled_from([
    "=1+1", "'=1", "''", "0x1f", "1e400", "-", "+", "--1", "NaN", "Infinity", "31.02.2026", "0000-00-00",
    "9999-12-31T24:00", "12/31/69 1:00 pm", "\u202e\u0000x", "\ud800", "a;b,c", '"a", "b', "١٢٣", "½",
    "1,2,3.4.5", "(5)", "€ 5,00-",
    "{}", "[]",
    '{"a": "\\u0000"}', "[" * 2_000, "+999999999999999", "https://", "a@b",
    "00000000-0000-0000-0000-000000000000", "x" * 3_000,
])  # fmt: skip
CELL = st.one_of(
    TEXT, WORDS, st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(),
    st.lists(TEXT, max_size=3), st.dictionaries(st.text(max_size=5), TEXT, max_size=3), st.decimals(),
)  # fmt: skip


@MANY
@given(rows=st.lists(st.lists(WRITTEN, min_size=2, max_size=2), max_size=6))
def test_text_comes_back_from_a_csv_file_as_it_was(company: Twin, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["One", "Two"], *([neutral(cell) for cell in row] for row in rows)])

    table = read_table(io.BytesIO(text.getvalue().encode()), encoding="utf-8", delimiter="comma")

    assert [row.cells for row in table.rows] == [row for row in rows if any(cell.strip() for cell in row)]


@MANY
@given(content=st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused_in_words(company: Twin, content: bytes) -> None:
    for read in (read_table, read_sheet, read_json):
        with suppress(Invalid):
            assert all(isinstance(row, Row) for row in read(io.BytesIO(content)).rows)


@MANY
@given(row=st.dictionaries(st.text(min_size=1, max_size=8), st.one_of(TEXT, st.integers(), st.none()), max_size=5))
def test_any_object_is_a_row_of_a_json_file(company: Twin, row: dict[str, Any]) -> None:
    with suppress(Invalid):
        assert len(list(read_json(io.BytesIO(json.dumps([{"Name": "x"}, row]).encode())).rows)) <= 2


@pytest.mark.parametrize("type_name", ["contacts", "accounts", "deals", "tasks"])
@MANY
@given(data=st.data())
def test_any_cell_is_a_value_or_a_fault(company: Twin, type_name: str, data: st.DataObject) -> None:
    """Every field of the type at once, in every way of writing dates and numbers."""
    targets = [name for name in targets_of(type_named(type_name)) if name not in (FULL_NAME,)]
    ways = st.tuples(st.sampled_from(["", "%Y-%m-%d", "%d.%m.%y", "%b %d, %Y"]), st.sampled_from([".", ","]))
    columns = tuple(Column(name, name, *data.draw(ways)) for name in targets)
    cells = data.draw(st.lists(CELL, min_size=len(targets), max_size=len(targets)))
    plan = Plan(type_name=type_name, columns=columns, keys=(ID,))

    [item] = Reader(plan, context.actor(), is_dry=True).read([Row(2, cells)])

    for fault in item.faults:
        assert fault.message
        assert "\x00" not in fault.value
    for name, value in item.values.items():
        assert not isinstance(value, str) or _is_storable(value), name


def _is_storable(text: str) -> bool:
    text.encode()
    return "\x00" not in text


@MANY
@given(texts=st.lists(st.one_of(TEXT, WORDS), min_size=2, max_size=12))
def test_remembered_values_are_those_that_parsing_gives(company: Twin, texts: list[str]) -> None:
    record_type = next(one for one in record_types() if one.name == "contacts")
    parsers = Parsers(record_type)
    parsers.renew()
    for name in ("first_name", "email", "phone", "birthday", "influence", "do_not_call", "lifecycle", "tags"):
        for text in [*texts, *texts]:
            raw = raw_value(text, Column(name, name), record_type.fields[name])
            try:
                expected: Any = record_type.clean({name: raw}, creating=False)
            except Invalid as error:
                expected = error.errors
            try:
                found: Any = parsers.clean({name: raw})
            except Invalid as error:
                found = error.errors
            assert found == expected
