"""The Python environment `.venv`, exactly as `requirements.lock` says, by uv from pip."""

import shutil
import subprocess
import sys
from pathlib import Path

from infra.launch.commands import run, trusting_environment
from infra.launch.stamps import digest, matches, put

PINS = Path(__file__).parent
RECIPE = "1"  # raise when this file installs differently


def python_of(repo: Path) -> Path:
    return repo / ".venv" / "bin" / "python"


def tools_of(repo: Path) -> Path:
    """A folder for installers only, so that the environment itself holds nothing but the lock."""
    return repo / ".venv" / "tools"


def ensure_environment(repo: Path) -> bool:
    """True when there was something to do. Raises RefusalError."""
    lock = repo / "requirements.lock"
    wanted = digest(RECIPE, files=[lock, PINS / "uv.txt"])
    stamp = repo / ".venv" / "requirements.sha256"
    works = _works(python_of(repo))
    if works and matches(stamp, wanted):
        return False
    if not works:
        run([sys.executable, "-m", "venv", "--clear", ".venv"], what="Making .venv", cwd=repo)
    sync = [
        str(find_uv(repo)),
        "pip",
        "sync",
        "--quiet",
        "--require-hashes",
        "--python",
        str(python_of(repo)),
    ]
    run([*sync, str(lock)], what="Installing the Python packages", cwd=repo, env=trusting_environment())
    put(stamp, wanted)
    return True


def _works(python: Path) -> bool:
    """False as well for one whose interpreter an upgrade of the system took away."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return python.exists() and subprocess.run([python, "-c", check], capture_output=True).returncode == 0


def find_uv(repo: Path) -> Path:
    """uv of an earlier start or of the machine; else from pip, by hash."""
    own = tools_of(repo) / "bin" / "uv"
    if own.exists():
        return own
    if found := shutil.which("uv"):
        return Path(found)
    python = python_of(repo)
    if subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode != 0:
        run([str(python), "-m", "ensurepip"], what="Fetching pip", cwd=repo)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--target", str(tools_of(repo))]
    install = [*pip, "--require-hashes", "--requirement", str(PINS / "uv.txt")]
    run(install, what="Installing uv", cwd=repo, env=trusting_environment())
    return own
