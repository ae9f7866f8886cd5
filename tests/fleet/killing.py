"""Work in a process of its own that SIGKILL ends at its N-th statement to the server.

Whatever a program does between two statements it does again when it is gone on with, so that dying at each
statement is dying everywhere that matters. The process is a fork of the test's: without the seconds Django takes.
"""

import os
import signal
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import psycopg
from django.core.management import call_command

from tests.thorough import POINTS

LONGEST_SECONDS = 300
COUNTED = ((psycopg.Cursor, "execute"), (psycopg.Cursor, "executemany"), (psycopg.Cursor, "copy"))


def killed_at(number: int, *command: str) -> bool:
    """Run `manage.py <command>` until its N-th statement; whether it was killed (it had that many)."""
    return killed_in_child(number, lambda: call_command(*command))


def statements_of(*command: str) -> int:
    """How many statements the command sends when nobody kills it; it is run for that."""
    return statements_in_child(lambda: call_command(*command))


def killed_in_child(number: int, job: Callable[[], object]) -> bool:
    """Do a job on a connection of its own, until its N-th statement; whether it was killed."""
    status, told = _in_child(number, job)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    if status:
        raise AssertionError(told or f"ended by signal {os.WTERMSIG(status)}")
    return False


def statements_in_child(job: Callable[[], object]) -> int:
    """How many statements the job sends when nobody kills it; it is done for that."""
    status, told = _in_child(0, job)
    if status:
        raise AssertionError(told or f"ended by signal {os.WTERMSIG(status)}")
    return int(told)


def points_of(statements: int) -> list[int]:
    """Spread over all of them, the first and the last among them."""
    return sorted({1 + (statements - 1) * part // (POINTS - 1) for part in range(POINTS)})


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
    signal.alarm(LONGEST_SECONDS)
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
