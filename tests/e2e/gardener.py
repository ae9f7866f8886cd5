"""Plants companies for the browser tests, in a process of the stack: an open browser forbids the ORM in its thread.

One for all tests, since getting Django up takes longer than planting. It reads JSON lines, `["company", "imports"]`,
and answers each with a line: what the plant told.
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from tests.plugin import ROOT
from tests.stack import Stack

Planted = dict[str, str]


class Gardener:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def plant(self, name: str, *arguments: str) -> Planted:
        """Raises AssertionError when the plant failed; its traceback is in the output of the test."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([name, *arguments]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        found: Planted | None = json.loads(answer or "null")
        assert found, f"plant_{name} failed"
        return found


@contextmanager
def gardening(stack: Stack) -> Iterator[Gardener]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.gardener"], cwd=ROOT, env=stack.environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Gardener(process)
    finally:
        process.terminate()
        process.wait(10)


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
    django.setup()
    for line in sys.stdin:
        print(json.dumps(_planted(*json.loads(line))), flush=True)


def _planted(name: str, *arguments: str) -> Planted | None:
    """Nothing where it failed: the tests of others still want their plants."""
    try:
        found: Planted = import_module(f"tests.e2e.plant_{name}").main(*arguments)
    except Exception:
        traceback.print_exc()
        return None
    return found


if __name__ == "__main__":
    main()
