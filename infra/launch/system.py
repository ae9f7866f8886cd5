"""System packages: found by looking for what they bring, installed through apt when missing."""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.launch.commands import run
from infra.launch.console import RefusalError

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
SNAP_STUB_BYTES = 10_000
APT_OPTIONS = ("-y", "-q", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120")


@dataclass(frozen=True)
class Need:
    """A package of Debian and Ubuntu, and how to see that what it brings is there."""

    package: str
    is_met: Callable[[], bool]
    service: str = ""
    """What the package starts by itself and nobody asked for: it is stopped again."""
    is_wished: bool = False
    """Where it cannot be had the tests do without, and say so."""


def _library(name: str) -> Callable[[], bool]:
    def loads() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return loads


def _has_fonts() -> bool:
    """Noto's Devanagari stands for the family: Cyrillic and the rupee sign come with it."""
    return any(next(folder.rglob("NotoSansDevanagari*"), None) for folder in FONT_FOLDERS if folder.is_dir())


def _can_make_environments() -> bool:
    """Debian keeps ensurepip in a package of its own."""
    return importlib.util.find_spec("ensurepip") is not None


TO_RUN = (
    Need(f"python3.{sys.version_info.minor}-venv", _can_make_environments),
    Need("libpango-1.0-0", _library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", _library("libpangoft2-1.0.so.0")),
    Need("libharfbuzz-subset0", _library("libharfbuzz-subset.so.0")),
    Need("fonts-noto-core", _has_fonts),
)
TO_TEST = (
    *TO_RUN,
    Need("chromium", lambda: find_browser() is not None or _has_snap_browser_only()),
    Need("libatomic1", _library("libatomic.so.1")),  # the node that drives the browser is linked to it
    Need("pgbouncer", lambda: find_pooler() is not None, service="pgbouncer", is_wished=True),
)


def find_browser() -> Path | None:
    """A Chromium that runs; Ubuntu's placeholder for the snap is none."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found and not _is_snap_stub(Path(found)):
            return Path(found)
    return None


def find_pooler() -> str | None:
    """PgBouncer; Debian keeps it where only administrators look."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


def _is_snap_stub(program: Path) -> bool:
    real = program.resolve()
    return "snap" in real.parts or (real.stat().st_size < SNAP_STUB_BYTES and b"snap" in real.read_bytes())


def _has_snap_browser_only() -> bool:
    """Ubuntu's apt has no Chromium of its own: asking it for one would install snap."""
    release = Path("/etc/os-release")
    return release.is_file() and "\nID=ubuntu" in "\n" + release.read_text()


def install_missing(needs: Sequence[Need]) -> list[str]:
    """Install what is missing and name it. Raises RefusalError."""
    missing = [need for need in needs if not need.is_met()]
    must = [need.package for need in missing if not need.is_wished]
    if must:
        _install(must)
    return must + [need.package for need in missing if need.is_wished and _install_wished(need)]


def _install(packages: Sequence[str]) -> None:
    apt = [*_administrator(packages), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    # A broken list of one source must not stop us: installing says whether it mattered.
    subprocess.run([*apt, "update", "-q"], stdin=subprocess.DEVNULL, capture_output=True)
    install = [*apt, "install", "--no-install-recommends", *APT_OPTIONS, *packages]
    run(install, what="Installing system packages", cwd=Path("/"))


def _install_wished(need: Need) -> bool:
    try:
        _install([need.package])
        if need.service:
            stop = [*_administrator([need.package]), "systemctl", "disable", "--now", need.service]
            subprocess.run(stop, stdin=subprocess.DEVNULL, capture_output=True)
    except (RefusalError, FileNotFoundError):  # no systemd: nothing was started
        return need.is_met()
    return True


def _administrator(missing: Sequence[str]) -> list[str]:
    """What to say before a command of an administrator; nothing if we are one. Raises RefusalError."""
    words = " ".join(missing)
    if shutil.which("apt-get") is None:
        raise RefusalError(f"These system packages (Debian's names) are missing, and there is no apt here: {words}.")
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    line = f"sudo apt-get update && sudo apt-get install --no-install-recommends -y {words}"
    raise RefusalError(
        f"System packages are missing and need an administrator; run this line, then start again: {line}"
    )
