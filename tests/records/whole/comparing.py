"""Two exports of the same company from two places, compared row by row; only what must differ may."""

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from typing import Any

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ALWAYS = ("updated_at",)
PLANTED = ("pipelines", "stages", "lost_reasons", "deal_settings", "views")
"""A new company has some of these already: they keep the moment they were made at."""
Row = dict[str, Any]


class Export:
    """A company's file, read whole: for tests alone."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.archive = zipfile.ZipFile(io.BytesIO(content))
        self.manifest = json.loads(self.archive.read("manifest.json"))
        self.parts = {one["name"]: one for one in self.manifest["parts"]}

    def rows(self, name: str) -> list[Row]:
        content = self.archive.read(self.parts[name]["file"]).decode("utf-8-sig")
        if self.manifest["format"] == "json":
            return json.loads(content)  # type: ignore[no-any-return]
        return list(csv.DictReader(io.StringIO(content, newline="")))

    @property
    def counts(self) -> dict[str, int]:
        return {name: one["rows"] for name, one in self.parts.items()}

    def files(self) -> dict[str, bytes]:
        names = (name for name in self.archive.namelist() if name.startswith("files/"))
        return {name.removeprefix("files/"): self.archive.read(name) for name in names}


def differences(before: Export, after: Export) -> list[str]:
    """What an export of the company that took in `before` has otherwise: empty when nothing is lost or changed.

    Ids are paired row by row and then replaced wherever they stand, in filters and texts too.
    """
    people = {one["email"]: one["id"] for one in after.manifest["people"]}
    ids = {one["id"]: people[one["email"]] for one in before.manifest["people"] if one["email"] in people}
    names = [name for name, one in before.parts.items() if one["comes_in"]]
    for _twice in (1, 2):  # the second time ids of rows further down are known too
        for name in names:
            _pair(before.rows(name), after.rows(name), name, ids)
    found = [line for name in names for line in _unlike(before.rows(name), after.rows(name), name, ids)]
    kept = {ids.get(file_id, file_id): content for file_id, content in before.files().items()}
    return found + (["files: other bytes"] if kept != after.files() else [])


def _bare(row: Row, name: str) -> Row:
    left_out = (*ALWAYS, "created_at") if name in PLANTED else ALWAYS
    return {column: value for column, value in row.items() if column not in left_out}


def _pair(before: list[Row], after: list[Row], name: str, ids: dict[str, str]) -> None:
    """Rows that say the same are the same row; those that say exactly the same, in the order they stand in."""
    known = set(ids.values())
    there, here = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for row in before:
        there[_words(row, name, lambda one: ids.get(one, "…"))].append(row["id"])
    for row in after:
        here[_words(row, name, lambda one: one if one in known else "…")].append(row["id"])
    for words, found in there.items():
        if len(found) == len(here[words]):
            ids.update(zip(found, here[words], strict=True))


def _words(row: Row, name: str, as_is: Any) -> str:
    text = json.dumps(_bare(row, name) | {"id": ""}, sort_keys=True, ensure_ascii=False)
    return ID.sub(lambda match: as_is(match[0]), text)


def _unlike(before: list[Row], after: list[Row], name: str, ids: dict[str, str]) -> list[str]:
    def mapped(row: Row) -> str:
        text = json.dumps(_bare(row, name), sort_keys=True, ensure_ascii=False)
        return ID.sub(lambda match: ids.get(match[0], match[0]), text)

    there = sorted(map(mapped, before))
    here = sorted(json.dumps(_bare(row, name), sort_keys=True, ensure_ascii=False) for row in after)
    lost = [f"{name}: lost {row[:1500]}" for row in there if row not in set(here)]
    more = [f"{name}: more {row[:1500]}" for row in here if row not in set(there)]
    return lost + more
