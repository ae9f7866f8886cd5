"""The children's log files, shown as one stream with the child's name before each line."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TextIO

LARGEST_BYTES = 20 * 1024 * 1024
LONGEST_READ_BYTES = 256 * 1024
COLOURS = (36, 33, 32, 35, 34, 31)


@dataclass
class MergedLog:
    """Follows files that their children append to.

    Files rather than pipes: a child never blocks on us and writes on if we are killed.
    """

    files: Mapping[str, Path]
    output: TextIO
    _offsets: dict[str, int] = field(default_factory=dict)

    def skip_to_end(self) -> None:
        for name, path in self.files.items():
            self._offsets[name] = path.stat().st_size if path.exists() else 0

    def show_new_lines(self) -> None:
        for name, path in self.files.items():
            for line in self._new_lines(name, path):
                self.say(name, line)
            if self._offsets.get(name, 0) > LARGEST_BYTES:
                self._rotate(name, path)

    def tail(self, name: str, lines: int) -> str:
        path = self.files[name]
        text = path.read_text(errors="replace") if path.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _new_lines(self, name: str, path: Path) -> list[str]:
        """Whole lines only: the rest of a half-written one comes next time."""
        start = self._offsets.get(name, 0)
        if not path.exists() or path.stat().st_size <= start:
            return []
        with path.open("rb") as file:
            file.seek(start)
            chunk = file.read(LONGEST_READ_BYTES)
        whole = chunk if len(chunk) == LONGEST_READ_BYTES else chunk[: chunk.rfind(b"\n") + 1]
        self._offsets[name] = start + len(whole)
        return whole.decode(errors="replace").splitlines()

    def say(self, name: str, line: str) -> None:
        """Show a line; anybody may speak, not only the owners of files."""
        prefix = f"{name:<{max(map(len, self.files))}} |"
        if self.output.isatty():
            colours = dict(zip(self.files, cycle(COLOURS), strict=False))
            prefix = f"\033[{colours.get(name, 1)}m{prefix}\033[0m"
        try:
            print(prefix, line, file=self.output, flush=True)
        except (BrokenPipeError, OSError):
            # Nobody reads any more; the files still have everything.
            self.output = open(os.devnull, "w")  # noqa: SIM115 - lives as long as we do

    def _rotate(self, name: str, path: Path) -> None:
        """Copy and cut: the child holds the file open in append mode and goes on at its start."""
        shutil.copyfile(path, path.with_suffix(".1.log"))
        os.truncate(path, 0)
        self._offsets[name] = 0
