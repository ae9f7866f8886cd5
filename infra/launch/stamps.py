"""Skipping what has been done: a stamp holds the hash of everything a step was made from."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

NOT_SOURCES = {"node_modules", "static-build", "__pycache__"}


def digest(*texts: str, files: Iterable[Path] = ()) -> str:
    """One hash over texts, and over names and contents of files."""
    total = hashlib.sha256("\0".join(texts).encode())
    for file in sorted(files):
        total.update(f"\0{file}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


def sources(root: Path, suffixes: set[str]) -> list[Path]:
    """Our own files with these suffixes: nothing hidden, installed or built."""
    found: list[Path] = []
    for entry in root.iterdir():
        if entry.name.startswith(".") or entry.name in NOT_SOURCES or entry.is_symlink():
            continue
        if entry.is_dir():
            found += sources(entry, suffixes)
        elif entry.suffix in suffixes:
            found.append(entry)
    return found


def matches(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text().strip() == value


def put(stamp: Path, value: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(f"{value}\n")
