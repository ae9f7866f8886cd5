"""What a wall is to this tool: how it is taken down, and which tests must notice."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

Fault = Callable[[pytest.MonkeyPatch], Callable[[], None] | None]
"""What it gives back, if anything, undoes what the patch does not know of."""
AT_THE_CALL = ""


@dataclass(frozen=True, kw_only=True)
class Wall:
    """`hazards`: its numbers, or the words of its row in hostile.md. `tests`: each must have one that fails."""

    name: str
    hazards: Sequence[str]
    fault: Fault
    tests: Sequence[str]
    after: str = AT_THE_CALL
    """The fixture after which it falls, for good; by default it is down only while a test's own lines run."""
    seconds: int = 300
    leaves_something: bool = False
    """In the process or the database of its run, where others would find it."""

    @property
    def is_alone(self) -> bool:
        return bool(self.after) or self.leaves_something


@contextmanager
def down(wall: Wall) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        undo = wall.fault(patch)
        try:
            yield
        finally:
            if undo:
                undo()


def covers(selector: str, node_id: str) -> bool:
    """Whether a test is what a selector names: a file, a function with all its parameters, or one of them."""
    return node_id == selector or node_id.startswith((f"{selector}::", f"{selector}["))
