"""Children that die with their parent, and finding the ones a killed parent left behind."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.05
_libc = ctypes.CDLL(None)


def spawn(
    argv: Sequence[str],
    *,
    log: Path,
    cwd: Path = Path("/"),
    env: Mapping[str, str] | None = None,
    account: pwd.struct_passwd | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, its output appended to a log file.

    The kernel sends `death_signal` when the thread that called this ends, even by SIGKILL.
    Our own session keeps a Ctrl-C in the terminal from reaching every child at once.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own words
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
            preexec_fn=_dies_with_parent(death_signal),
            **as_account(account),
        )


class RunsAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def as_account(account: pwd.struct_passwd | None) -> RunsAs:
    """The arguments that make subprocess run a program as this account; none for None."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _dies_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def before_exec() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def living_in(folder: Path, program: str) -> list[int]:
    """Processes running this program with this folder as working directory, oldest first.

    Both servers enter their data folder, so this finds them without trusting a pid file.
    """
    return sorted(pid for pid in _pids() if _runs(pid, folder, program))


def _pids() -> Iterable[int]:
    proc = Path("/proc")
    return [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()] if proc.is_dir() else []


def _runs(pid: int, folder: Path, program: str) -> bool:
    try:
        cwd = os.readlink(f"/proc/{pid}/cwd")
        executable = os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return False
    return cwd == str(folder) and Path(executable).name.split(" ")[0] == program


def stop(process: subprocess.Popen[bytes], *, by: signal.Signals, grace_seconds: float) -> None:
    """Ask a child to end; kill it and its group when it does not."""
    if process.poll() is not None:
        return
    process.send_signal(by)
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def stop_left_behind(folder: Path, program: str, *, by: signal.Signals, grace_seconds: float) -> None:
    """End the servers that a killed parent left in a folder. The caller holds the folder's lock."""
    left = living_in(folder, program)
    for pid in left[:1]:
        _signal(pid, by)
    if wait_until(lambda: not living_in(folder, program), grace_seconds):
        return
    for pid in living_in(folder, program):
        _signal(pid, signal.SIGKILL)
    wait_until(lambda: not living_in(folder, program), grace_seconds)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(POLL_SECONDS)
    return True
