"""What a backup or an export holds, with checksums: enough to say whether a restored copy is the same."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import DomainError

FORMAT = 1


class Unfit(DomainError):
    """A file that is not ours, was cut off or changed, or is of a version that is not known here."""

    code = "archive_unfit"
    status = 422
    title = _("This file cannot be read")


@dataclass(frozen=True, kw_only=True)
class TableEntry:
    name: str
    columns: list[str]
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """`path` within the company's folder."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    fingerprint: str
    """Of the shape that the tables have."""
    applied: list[list[str]]
    """[app, migration] pairs: the ledger of the schema."""
    company: dict[str, str]
    made_at: datetime
    tables: list[TableEntry] = field(default_factory=list)
    files: list[FileEntry] = field(default_factory=list)
    sequences: dict[str, int] = field(default_factory=dict)
    masters: list[str] = field(default_factory=list)
    """Names of the master keys without which the secrets in it cannot be read."""
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def size(self) -> int:
        """Of tables and files as they are written, before anything is packed."""
        return sum(one.size for one in (*self.tables, *self.files))

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {"made_at": self.made_at.isoformat()}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Raises Unfit."""
        try:
            values: dict[str, Any] = json.loads(text)
            if values["format"] != FORMAT:
                raise Unfit(_("This file was made by another version, whose format is not known here."))
            values["made_at"] = datetime.fromisoformat(values["made_at"])
            values["tables"] = [TableEntry(**one) for one in values["tables"]]
            values["files"] = [FileEntry(**one) for one in values["files"]]
            return cls(**values)
        except (ValueError, KeyError, TypeError) as error:
            raise Unfit from error
