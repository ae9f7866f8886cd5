"""What the person sees while a machine is made ready."""

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn


class RefusalError(Exception):
    """Its text is one clear sentence: what is wrong and what to do."""


@dataclass
class Step:
    note: str = ""


@dataclass
class Steps:
    """Numbered steps with their seconds."""

    total: int
    done: int = 0

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Step]:
        self.done += 1
        started = time.monotonic()
        step = Step()
        print(f"[{self.done}/{self.total}] {title:<18}", end=" ", flush=True)
        try:
            yield step
        except BaseException:
            print(flush=True)
            raise
        note = f"  {step.note}" if step.note else ""
        print(f"{time.monotonic() - started:6.1f} s{note}", flush=True)


def give_up(program: str, reason: object) -> NoReturn:
    print(f"{program}: {reason}", file=sys.stderr, flush=True)
    sys.exit(1)
