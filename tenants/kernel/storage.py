"""Files on local disk, each place under a folder of its own."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils._os import safe_join

from tenants.kernel import context
from tenants.kernel.ids import SCHEMA_PATTERN


@dataclass
class Aside:
    """Where files go that must not stay."""

    folder: Path
    is_writing: bool = False


_aside: ContextVar[Aside | None] = ContextVar("omniflow_files_aside", default=None)


@contextmanager
def kept_aside(folder: Path) -> Iterator[None]:
    """What is saved here goes into another folder and is found there; what stands in the true one is read, never
    written over or deleted. For work that is taken back, of which the disk knows nothing."""
    token = _aside.set(Aside(folder))
    try:
        yield
    finally:
        _aside.reset(token)


class WalledStorage(FileSystemStorage):
    """Names are relative to the place entered; none can reach out of it."""

    def path(self, name: str) -> str:
        aside, true = _aside.get(), self._within(Path(self.location), name)
        if aside is None:
            return true
        kept = self._within(aside.folder, name)
        return kept if aside.is_writing or Path(kept).exists() else true

    def _within(self, root: Path, name: str) -> str:
        return str(safe_join(root / context.place().schema, name))

    def _save(self, name: str, content: Any) -> str:
        """Django answers relative to the storage's folder; names here are relative to the place's."""
        Path(self.location).mkdir(parents=True, exist_ok=True)
        with _writing():
            saved = str(super()._save(name, content))  # type: ignore[misc]
        aside = _aside.get()
        if aside:
            saved = os.path.relpath(Path(self.location) / saved, aside.folder)
        return saved.removeprefix(f"{context.place().schema}/")

    def delete(self, name: str) -> None:
        with _writing():
            super().delete(name)

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


@contextmanager
def _writing() -> Iterator[None]:
    aside = _aside.get()
    if aside:
        aside.is_writing = True
    try:
        yield
    finally:
        if aside:
            aside.is_writing = False
