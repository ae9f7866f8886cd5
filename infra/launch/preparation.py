"""The set-up commands of configuration.md, skipped when nothing they depend on has changed."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.launch.console import RefusalError, Step, Steps
from infra.launch.frontend import built_stamp
from infra.launch.options import REPO
from infra.launch.services import Settings, log_of
from infra.launch.stamps import digest, matches, put, sources
from saas.embedded import processes

CODE_SUFFIXES = {".py", ".json", ".csv", ".txt", ".lock", ".toml"}
SHOWN_LINES = 25


def prepare(settings: Settings, steps: Steps) -> None:
    """Migrate, build the template and pool, gather static files, load the demo. Raises RefusalError."""
    code = digest(settings.database_url, files=sources(REPO, CODE_SUFFIXES))
    with steps.step("Database schemas") as step:
        if _needs(settings, step, "schemas", code):
            _manage(settings, "migrate", "--noinput")
            _manage(settings, "fleet", "build")
            put(_stamp(settings, "schemas"), code)
    with steps.step("Static and demo") as step:
        _gather_static(settings, code)
        _load_demo(settings, step, code)


def _gather_static(settings: Settings, code: str) -> None:
    built = built_stamp(REPO)
    wanted = digest(code, built.read_text() if built.is_file() else "")
    folder = settings.options.data_dir / "static"
    if folder.is_dir() and matches(_stamp(settings, "static"), wanted):
        return
    (REPO / "static-build").mkdir(exist_ok=True)
    _manage(settings, "collectstatic", "--noinput", "--verbosity", "0")
    put(_stamp(settings, "static"), wanted)


def _load_demo(settings: Settings, step: Step, code: str) -> None:
    """Into `demo.json`; it becomes `ready.json` once the web server answers."""
    demo = demo_file(settings)
    wanted = digest(code, str(settings.options.port), str(settings.options.has_demo))
    if demo.is_file() and not _needs(settings, step, "demo", wanted):
        return
    only_admin = [] if settings.options.has_demo else ["--no-demo"]
    _manage(settings, "demo", "load", "--ready-file", str(demo), *only_admin)
    demo.chmod(0o600)
    put(_stamp(settings, "demo"), wanted)


def demo_file(settings: Settings) -> Path:
    return settings.options.data_dir / "demo.json"


def ready_file(settings: Settings) -> Path:
    return settings.options.data_dir / "ready.json"


def publish_ready(settings: Settings) -> None:
    """Whoever waits for the file never sees half of it, nor sees it too early."""
    if demo_file(settings).is_file():
        scratch = ready_file(settings).with_suffix(".part")
        shutil.copyfile(demo_file(settings), scratch)
        scratch.chmod(0o600)
        scratch.replace(ready_file(settings))


def _needs(settings: Settings, step: Step, name: str, wanted: str) -> bool:
    """A real server may have been changed or emptied by others: there we always look."""
    if "DATABASE_URL" in os.environ or not matches(_stamp(settings, name), wanted):
        return True
    step.note = "up to date"
    return False


def _stamp(settings: Settings, name: str) -> Path:
    return settings.options.data_dir / "stamps" / f"{name}.sha256"


def _manage(settings: Settings, *arguments: str) -> None:
    log = log_of(settings, "setup")
    argv: Sequence[str] = [sys.executable, "manage.py", *arguments]
    start = log.stat().st_size if log.exists() else 0
    child = processes.spawn(argv, log=log, cwd=REPO, env=settings.environment())
    try:
        code = child.wait()
    finally:
        if child.poll() is None:
            processes.kill_group(child)
    if code != 0:
        said = log.read_bytes()[start:].decode(errors="replace").splitlines()[-SHOWN_LINES:]
        print("\n" + "\n".join(f"    {line}" for line in said))
        raise RefusalError(f"manage.py {' '.join(arguments)} failed (exit {code}); its whole output is in {log}.")
