#!/usr/bin/env python3
"""Django's command line. Commands that meet the database say which schema they work in."""

import atexit
import gc
import os
import shlex
import sys
from pathlib import Path

GARBAGE = 100_000
"""New objects between two searches for garbage: at the usual 700 a sixth of a start goes into finding none."""
RUNNING = Path(__file__).resolve().parent / ".data" / "env"
SAID = ("DATABASE_URL", "OMNIFLOW_ENV", "OMNIFLOW_DATA_DIR")


def main() -> None:
    gc.set_threshold(GARBAGE)
    atexit.register(gc.freeze)  # nor is it searched for in what ends with the process
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
    if RUNNING.is_file() and not any(name in os.environ for name in SAID):
        os.environ.update(_exported(RUNNING.read_text()))
    from django.core.management import execute_from_command_line  # after the settings are named

    execute_from_command_line(sys.argv)


def _exported(text: str) -> dict[str, str]:
    """What `infra/up` wrote for shells: what it runs is meant where the environment says nothing."""
    words = [shlex.split(line)[1] for line in text.splitlines() if line.startswith("export ")]
    return dict(word.split("=", 1) for word in words)


if __name__ == "__main__":
    main()
