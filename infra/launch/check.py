"""`infra/test`: install, lint, then pytest; its summary is the last line."""

import argparse
import os
import subprocess
import time
from collections.abc import Mapping, Sequence

from infra.launch import system
from infra.launch.commands import trusting_environment
from infra.launch.console import RefusalError, Steps, give_up
from infra.launch.frontend import node_program
from infra.launch.options import REPO
from infra.launch.python_env import python_of
from infra.launch.up import INSTALL_STEPS, install

MOST_WORKERS = 8
NOTHING_COLLECTED = 5
LINTS: Mapping[str, Sequence[str]] = {
    "ruff check": ("ruff", "check", "--output-format", "concise", "."),
    "ruff format": ("ruff", "format", "--check", "--output-format", "concise", "."),
    "mypy": ("mypy",),
    "imports": ("lint-imports",),
    "migrations": ("python", "manage.py", "makemigrations", "--check", "--dry-run"),
}
USAGE = """usage: infra/test [--only-lint | --no-lint | --api [--cases N]] [--thorough] [arguments of pytest]

Installs what is missing, runs ruff, mypy, import-linter and a look for missing migrations,
then pytest on servers of its own. `infra/test --no-lint -k deals` runs some tests only.
`infra/test --thorough` tries more in the tests that try many things: every role at every route, every point
of dying. `infra/test --api` asks the company API at random (schemathesis), without the lints; `--cases 1000`
asks that often at each route and in every phase."""
OUR_WORDS = frozenset({"--only-lint", "--no-lint", "--thorough"})
API_TESTS = "tests/api"


def main(arguments: Sequence[str]) -> int:
    if "--help" in arguments or "-h" in arguments:
        print(USAGE)
        return 0
    is_api, cases, arguments = _api_options(arguments)
    for_pytest = [word for word in arguments if word not in OUR_WORDS]
    try:
        install(Steps(INSTALL_STEPS), system.TO_TEST)
    except RefusalError as reason:
        give_up("infra/test", reason)
    except KeyboardInterrupt:
        give_up("infra/test", "stopped")
    env = _environment() | ({"OMNIFLOW_THOROUGH": "1"} if "--thorough" in arguments else {})
    if is_api:
        return _pytest(["-n", "0", "-s", API_TESTS, *for_pytest], env | {"OMNIFLOW_API_CASES": cases}, [])
    failed = [] if "--no-lint" in arguments else _lint(env)
    if "--only-lint" in arguments:
        print(f"{len(LINTS) - len(failed)} passed, {len(failed)} failed")
        return int(bool(failed))
    return _pytest(for_pytest, env, failed)


def _api_options(arguments: Sequence[str]) -> tuple[bool, str, list[str]]:
    """Whether `--api` was said, how many cases (empty: the short form), and the other words."""
    parser = argparse.ArgumentParser(prog="infra/test", add_help=False, allow_abbrev=False)
    parser.add_argument("--api", action="store_true")
    parser.add_argument("--cases", type=int)
    known, others = parser.parse_known_args(arguments)
    return known.api, str(known.cases or ""), others


def _environment() -> dict[str, str]:
    env = trusting_environment()
    env["PATH"] = f"{python_of(REPO).parent}{os.pathsep}{env['PATH']}"
    env["OMNIFLOW_ENV"] = "test"
    env["PYTHONUTF8"] = "1"
    browser = system.find_browser()
    if browser is None:
        print("No Chromium here (Ubuntu has it only as a snap): install Google Chrome to run the end-to-end tests.")
    env["OMNIFLOW_CHROMIUM"] = str(browser or "")
    env["OMNIFLOW_NODE"] = node_program(REPO)
    return env


def _lint(env: Mapping[str, str]) -> list[str]:
    """Run every check, show what the failing ones say, and name those."""
    failed = []
    for name, argv in LINTS.items():
        started = time.monotonic()
        ran = subprocess.run(
            argv,
            cwd=REPO,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        verdict = "failed" if ran.returncode else "ok"
        print(f"{name:<14} {verdict:<6} {time.monotonic() - started:5.1f} s", flush=True)
        if ran.returncode:
            print(ran.stdout)
            failed.append(name)
    return failed


def _pytest(arguments: Sequence[str], env: Mapping[str, str], failed: Sequence[str]) -> int:
    argv = [str(python_of(REPO)), "-m", "pytest", *_workers(arguments), *arguments]
    if not failed:
        code = subprocess.run(argv, cwd=REPO, env=env).returncode
        return 0 if code == NOTHING_COLLECTED and not arguments else code
    code, summary = _watched(argv, env)
    print(f"Checks that failed: {', '.join(failed)}.")
    print(summary)
    return code or 1


def _watched(argv: Sequence[str], env: Mapping[str, str]) -> tuple[int, str]:
    """Show pytest's output, and give its last line to say again after ours."""
    last = ""
    with subprocess.Popen(argv, cwd=REPO, env=env, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout or ():
            print(line, end="", flush=True)
            last = line.strip() or last
    return child.returncode, last


def _workers(arguments: Sequence[str]) -> list[str]:
    """One worker per processor and one more, since the browser's mostly waits; groups stay together.

    Unless the caller says otherwise or wants to debug.
    """
    is_told = any(word.startswith(("-n", "--numprocesses", "--pdb")) for word in arguments)
    return [] if is_told else ["-n", str(min((os.cpu_count() or 2) + 1, MOST_WORKERS)), "--dist", "loadgroup"]
