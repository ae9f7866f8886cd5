"""A management command in a process of its own that SIGKILL ends at its N-th statement to the server.

    python -m tests.fleet.killing 17 company erase acme

Whatever a program does between two statements it does again when it is gone on with, so that dying at each
statement is dying everywhere that matters.

`killed_in_child` does the same to a function, in a fork of this process: without the seconds that Django takes.
"""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

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


def killed_in_child(number: int, job: Callable[[], object]) -> bool:
    """Run a job in a fork, on a connection of its own, until its N-th statement; whether it was killed."""
    status, told = _in_child(number, job)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGKILL
    if os.waitstatus_to_exitcode(status):
        raise AssertionError(told)
    return False


def statements_in_child(job: Callable[[], object]) -> int:
    """How many statements the job sends when nobody kills it; it is done for that."""
    status, told = _in_child(0, job)
    if os.waitstatus_to_exitcode(status):
        raise AssertionError(told)
    return int(told)


def ten_points(statements: int) -> list[int]:
    """Spread over all of them, the first and the last among them."""
    return sorted({1 + (statements - 1) * part // 9 for part in range(10)})


def _in_child(number: int, job: Callable[[], object]) -> tuple[int, str]:
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        os.close(reads)
        _live(number, job, writes)
    os.close(writes)
    with os.fdopen(reads) as pipe:
        told = pipe.read()
    return os.waitpid(child, 0)[1], told


def _live(number: int, job: Callable[[], object], writes: int) -> NoReturn:
    """The child's life. The parent's connection is left as it is: closing it here would end it there."""
    from django.db import connection

    connection.connection = None
    connection.in_atomic_block = False
    connection.search_path_set_schemas = None
    reaper = Reaper(number)
    for owner, name in COUNTED:
        reaper.watch(owner, name)
    try:
        job()
        os.write(writes, str(reaper.sent).encode())
        os._exit(0)
    except BaseException:  # whatever it was, the parent tells
        os.write(writes, traceback.format_exc()[-4000:].encode())
        os._exit(1)


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

    from tests.hostile.felling import plugin

    plugin.in_child()
    reaper = Reaper(number)
    for owner, name in COUNTED:
        reaper.watch(owner, name)
    call_command(*command)
    print(f"statements:{reaper.sent}", file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
