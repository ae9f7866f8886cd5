"""The house rules that no linter knows: short functions, short files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
LONGEST_FUNCTION = 60
LONGEST_FILE = 500
NOT_OURS = {"node_modules", "static-build", "migrations"}


def python_files(folder: Path = REPO) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name in NOT_OURS:
            continue
        if entry.is_dir():
            yield from python_files(entry)
        elif entry.suffix == ".py" or (entry.parent == REPO / "infra" and _is_script(entry)):
            yield entry


def _is_script(file: Path) -> bool:
    return not file.suffix and file.read_bytes().startswith(b"#!/usr/bin/env python3")


def long_functions(source: str) -> list[tuple[str, int]]:
    """Names and lengths of the functions over the limit, decorators not counted."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, functions)]
    lengths = [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in nodes]
    return [(name, length) for name, length in lengths if length > LONGEST_FUNCTION]


def test_long_functions_finds_a_function_one_line_too_long() -> None:
    body = "    pass\n" * LONGEST_FUNCTION

    assert long_functions(f"def f():\n{body}") == [("f", LONGEST_FUNCTION + 1)]
    assert long_functions(f"def f():\n{body.removeprefix('    pass' + chr(10))}") == []


def test_no_function_is_too_long() -> None:
    found = {str(file.relative_to(REPO)): long_functions(file.read_text()) for file in python_files()}

    assert {file: long for file, long in found.items() if long} == {}


def test_no_file_is_too_long() -> None:
    lengths = {str(file.relative_to(REPO)): len(file.read_text().splitlines()) for file in python_files()}

    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}


@pytest.mark.parametrize("script", ["up", "test"])
def test_scripts_are_looked_at_too(script: str) -> None:
    assert REPO / "infra" / script in set(python_files())
