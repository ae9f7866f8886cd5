"""The first thing to read in a company's file: what is in it, how much, and who its people were."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from uuid import UUID

from django.utils.translation import gettext as _

from tenants.records.importing.limits import MOST_COLUMNS, BadFile

NAME = "manifest.json"
KIND = "company-export"
VERSION = 1
FORMATS = ("csv", "json")
MOST_BYTES = 16 * 1024 * 1024
BYTES_OF = "files/"
"""The folder of the archive in which files lie, each under its id."""


@dataclass(frozen=True)
class Part:
    """One table of the archive: of a record type, or of what hangs on records."""

    name: str
    file: str
    rows: int
    columns: tuple[str, ...]
    comes_in: bool = True
    """Whether an import takes it; issued documents are only taken along."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    kind: str = KIND
    version: int = VERSION
    format: str
    made_at: str
    company: str
    source: str
    """Tells a company its own export from that of another."""
    people: Sequence[Mapping[str, str]] = ()
    """Everybody of the company: id, e-mail and name. An import finds them by e-mail and makes nobody."""
    parts: Sequence[Part] = ()
    files: int = 0
    notes: Sequence[str] = field(default_factory=list)
    """What is not in the archive, and why."""

    def dumped(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def loaded(cls, content: bytes) -> Self:
        """Raises BadFile for what is no manifest of ours, or one of a later version."""
        try:
            raw = json.loads(content)
            if raw.get("kind") != KIND:
                raise ValueError
            if raw["version"] != VERSION:
                raise BadFile(_("This export was made by a newer version. Update first, then import it."))
            parts = [_part(one) for one in raw["parts"]]
            people = [{name: str(one[name]) for name in ("id", "email", "name")} for one in raw["people"]]
            found = cls(
                format=str(raw["format"]), made_at=str(raw["made_at"]), company=str(raw["company"]),
                source=str(UUID(raw["source"])), people=people, parts=parts,
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadFile(_("The manifest of this archive cannot be read. Export again, and upload that.")) from error
        if found.format not in FORMATS or len({one.name for one in parts}) != len(parts):
            raise BadFile(_("The manifest of this archive cannot be read. Export again, and upload that."))
        return found

    def part(self, name: str) -> Part | None:
        return next((one for one in self.parts if one.name == name), None)


def _part(raw: Mapping[str, Any]) -> Part:
    columns = tuple(str(one) for one in raw["columns"])
    if len(columns) > MOST_COLUMNS or int(raw["rows"]) < 0:
        raise ValueError
    return Part(str(raw["name"]), str(raw["file"]), int(raw["rows"]), columns, raw["comes_in"] is True)
