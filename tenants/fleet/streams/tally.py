"""Counting what passes by: rows, bytes, and the checksum of both."""

import hashlib
from collections.abc import Iterable, Iterator


class Tally:
    """Lay `through` around a stream; what it counted stands here once the stream is over."""

    def __init__(self) -> None:
        self.rows = 0
        self.size = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.add(chunk)
            yield chunk

    def add(self, chunk: bytes) -> None:
        # In COPY's text a row is a line: what breaks lines within a value is written as two letters.
        self.rows += chunk.count(b"\n")
        self.size += len(chunk)
        self._hash.update(chunk)
