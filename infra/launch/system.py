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
)


def find_browser() -> Path | None:
    """A Chromium that runs; Ubuntu's placeholder for the snap is none."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found and not _is_snap_stub(Path(found)):
            return Path(found)
    return None


def _is_snap_stub(program: Path) -> bool:
    real = program.resolve()
    return "snap" in real.parts or (real.stat().st_size < SNAP_STUB_BYTES and b"snap" in real.read_bytes())


def _has_snap_browser_only() -> bool:
    """Ubuntu's apt has no Chromium of its own: asking it for one would install snap."""
    release = Path("/etc/os-release")
    return release.is_file() and "\nID=ubuntu" in "\n" + release.read_text()


def install_missing(needs: Sequence[Need]) -> list[str]:
    """Install what is missing and name it. Raises RefusalError."""
    missing = [need.package for need in needs if not need.is_met()]
    if missing:
        apt = _apt_command(missing)
        # A broken list of one source must not stop us: installing says whether it mattered.
        subprocess.run([*apt, "update", "-q"], stdin=subprocess.DEVNULL, capture_output=True)
        install = [*apt, "install", "--no-install-recommends", *APT_OPTIONS, *missing]
        run(install, what="Installing system packages", cwd=Path("/"))
    return missing


def _apt_command(missing: Sequence[str]) -> list[str]:
    words = " ".join(missing)
    if shutil.which("apt-get") is None:
        raise RefusalError(f"These system packages (Debian's names) are missing, and there is no apt here: {words}.")
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    if os.geteuid() == 0:
        return apt
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n", *apt]
    line = f"sudo apt-get update && sudo apt-get install --no-install-recommends -y {words}"
    raise RefusalError(
        f"System packages are missing and need an administrator; run this line, then start again: {line}"
    )
