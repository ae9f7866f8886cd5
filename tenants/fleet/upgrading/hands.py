"""One worker of a fleet migration: a connection of its own, and a process for what Python does to data."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from django.conf import settings

from tenants.fleet.upgrading.limits import BUSY, Limits
from tenants.fleet.upgrading.notes import CLAIM, ENTER, FAIL, NOTE, as_pairs
from tenants.fleet.upgrading.stretches import Stretch

RENEWED_AFTER = 300
"""Companies after which a connection is made anew: a backend keeps what it learned of each table it touched."""
LONGEST_ERROR = 2000


@dataclass(frozen=True)
class Task:
    """A schema and what is still to be done to it."""

    schema: str
    stretches: tuple[Stretch, ...]
    tries: int = 0
    took_ms: float = 0


@dataclass(frozen=True)
class Outcome:
    """What became of a task; `again` when it was in somebody's way and is to be tried later."""

    schema: str
    took_ms: float = 0
    error: str = ""
    is_skipped: bool = False
    """Another process has done it, or the company has gone."""
    again: Task | None = None


class Hand:
    """Used by one thread. `parameters` are those of the application's own connection."""

    def __init__(self, parameters: Mapping[str, Any], limits: Limits) -> None:
        self.parameters = parameters
        self.limits = limits
        self.connection: psycopg.Connection[Any] | None = None
        self.helper: Helper | None = None
        self.companies = 0

    def work(self, task: Task) -> Outcome:
        """Never raises: what goes wrong in one company is that company's outcome."""
        started = time.perf_counter()
        left = task.stretches
        try:
            while left:
                if not self._apply(task.schema, left[0]):
                    return Outcome(task.schema, is_skipped=True)
                left = left[1:]
        except BUSY as error:
            tries = task.tries + 1
            if tries < self.limits.tries:
                spent = task.took_ms + _since(started)
                return Outcome(task.schema, again=replace(task, stretches=left, tries=tries, took_ms=spent))
            return self._failed(task.schema, f"{left[0].name}: in use through {tries} tries. {error}")
        except Exception as error:  # any fault: this company is told of, the others are gone on with
            return self._failed(task.schema, f"{left[0].name}: {error}")
        return Outcome(task.schema, took_ms=task.took_ms + _since(started))

    def _apply(self, schema: str, stretch: Stretch) -> bool:
        """Whether it was ours to do."""
        if stretch.statements is None:
            self.helper = self.helper or Helper(self.limits)
            return self.helper.apply(schema, stretch)
        return self._replay(schema, stretch)

    def _replay(self, schema: str, stretch: Stretch) -> bool:
        """The statements and the note of it in one transaction, in as few round trips as can be."""
        connection = self._connected()
        with connection.transaction():
            with connection.pipeline():
                connection.execute(ENTER, (schema, *self.limits.settings))
                claimed = connection.execute(CLAIM, (schema, as_pairs(stretch.before)))
            if not claimed.rowcount:
                return False
            with connection.pipeline():
                for statement in stretch.for_schema(schema):
                    connection.execute(statement.encode())
                connection.execute(NOTE, (as_pairs(stretch.after), stretch.fingerprint, schema))
        return True

    def _connected(self) -> "psycopg.Connection[Any]":
        if self.connection and (self.connection.closed or self.companies >= RENEWED_AFTER):
            self.connection.close()
            self.connection = None
        if not self.connection:
            self.connection, self.companies = psycopg.connect(**self.parameters, autocommit=True), 0
            # The same words mean another table in each schema.
            self.connection.prepare_threshold = None
        self.companies += 1
        return self.connection

    def _failed(self, schema: str, error: str) -> Outcome:
        told = error.strip()[:LONGEST_ERROR]
        try:
            self._connected().execute(FAIL, (told, schema))
        except psycopg.Error as lost:
            told = f"{told} (not noted: {lost})"
        return Outcome(schema, error=told)

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        if self.helper:
            self.helper.close()


class Helper:
    """A process of the same code that runs migrations of data: one question a line, one answer a line."""

    def __init__(self, limits: Limits) -> None:
        argv = [sys.executable, "-m", "tenants.fleet.upgrading.helper", json.dumps(limits.as_json())]
        self.process = subprocess.Popen(  # noqa: S603 - our own Python and module
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR
        )

    def apply(self, schema: str, stretch: Stretch) -> bool:
        """Raises LockNotAvailable when the company was busy, RuntimeError with what went wrong."""
        answer = self._asked({"schema": schema, "before": stretch.before, "keys": stretch.keys})
        if answer.get("busy"):
            raise BUSY[0](answer["busy"])
        if error := answer.get("error"):
            raise RuntimeError(error)
        return bool(answer["is_ours"])

    def _asked(self, question: Mapping[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        try:
            print(json.dumps(question), file=self.process.stdin, flush=True)
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise RuntimeError(f"the worker process ended with {self.process.wait()}")
        return dict(json.loads(answer))

    def close(self) -> None:
        """It ends with its input."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
