"""Files on local disk, each place under a folder of its own."""

import re
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils._os import safe_join

from tenants.kernel import context
from tenants.kernel.ids import SCHEMA_PATTERN


class WalledStorage(FileSystemStorage):
    """Names are relative to the place entered; none can reach out of it."""

    def path(self, name: str) -> str:
        here = context.place()
        return str(safe_join(Path(self.location) / here.schema, name))

    def _save(self, name: str, content: Any) -> str:
        """Django answers relative to the storage's folder; names here are relative to the place's."""
        saved = str(super()._save(name, content))  # type: ignore[misc]
        return saved.removeprefix(f"{context.place().schema}/")

    def url(self, name: str | None) -> str:
        raise NotImplementedError("Files are served by views that check the reader")


def folder_of(schema: str) -> Path:
    """Where the files of a company's schema lie."""
    if not re.match(SCHEMA_PATTERN, schema):
        raise ValueError("not the name of a company's schema")
    return Path(settings.MEDIA_ROOT) / schema


def drop_folder(schema: str) -> None:
    """All its files, for good."""
    folder = folder_of(schema)
    if folder.is_dir():
        shutil.rmtree(folder)
