"""A management command in a process of its own that SIGKILL ends at its N-th statement to the server.

    python -m tests.fleet.killing 17 company erase acme

Whatever a program does between two statements it does again when it is gone on with, so that dying at each
statement is dying everywhere that matters.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import psycopg

from tests.plugin import ROOT

LONGEST_SECONDS = 300
COUNTED = ((psycopg.Cursor, "execute"), (psycopg.Cursor, "executemany"), (psycopg.Cursor, "copy"))


def killed_at(number: int, *command: str) -> bool:
    """Run `manage.py <command>` until its N-th statement; whether it was killed (it had that many)."""
    argv = [sys.executable, "-m", "tests.fleet.killing", str(number), *command]
    ran = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
    if ran.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(ran.stdout[-2000:] + ran.stderr[-4000:])
    return ran.returncode == -signal.SIGKILL


def statements_of(*command: str) -> int:
    """How many statements the command sends when nobody kills it; it is run for that."""
    argv = [sys.executable, "-m", "tests.fleet.killing", "0", *command]
    ran = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=True)
    return int(ran.stderr.rsplit("statements:", 1)[1])


class Reaper:
    """Counts what is sent, and ends the process at its number."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.sent = 0

    def watch(self, owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.sent += 1
            if self.sent == self.number:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*args, **kwargs)

        setattr(owner, name, counted)


def main(number: int, command: Sequence[str]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
    django.setup()
    from django.core.management import call_command

    reaper = Reaper(number)
    for owner, name in COUNTED:
        reaper.watch(owner, name)
    call_command(*command)
    print(f"statements:{reaper.sent}", file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
