"""First half of `infra/up`, by the machine's own Python: everything that must be installed."""

import os
import sys
import time
from collections.abc import Sequence

from infra.launch import data_dir, system
from infra.launch.console import RefusalError, Steps, give_up
from infra.launch.frontend import ensure_frontend
from infra.launch.leftovers import end_leftovers
from infra.launch.options import REPO, read_options
from infra.launch.ports import refuse_used_port
from infra.launch.python_env import ensure_environment, python_of

STEPS = 7
INSTALL_STEPS = 3
STARTED = "OMNIFLOW_UP_STARTED"


def main(arguments: Sequence[str]) -> None:
    options = read_options(arguments)
    started = time.monotonic()
    try:
        data_dir.claim(options.data_dir)
        if options.is_fresh:
            data_dir.refuse_foreign(options.data_dir)
        with data_dir.held(options.data_dir):
            end_leftovers(options.data_dir)
            refuse_used_port(options.host, options.port)
            install(Steps(STEPS), system.TO_RUN)
    except RefusalError as reason:
        give_up("infra/up", reason)
    except KeyboardInterrupt:
        give_up("infra/up", "stopped")
    # The second half needs what was installed: the same process goes on as .venv's Python.
    os.environ[STARTED] = str(started)
    os.chdir(REPO)
    python = str(python_of(REPO))
    os.execv(python, [python, "-m", "infra.launch.run", *arguments])  # noqa: S606 - no shell is the point


def install(steps: Steps, needs: Sequence[system.Need]) -> None:
    """System packages, .venv and the front-end. Raises RefusalError."""
    with steps.step("System packages") as step:
        step.note = " ".join(system.install_missing(needs)) or "all there"
    with steps.step("Python packages") as step:
        step.note = "" if ensure_environment(REPO) else "up to date"
    with steps.step("Front-end") as step:
        step.note = "" if ensure_frontend(REPO) else "up to date"
    sys.stdout.flush()
