"""The data folder: ours, writable, used by one `infra/up` at a time."""

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from infra.launch.console import RefusalError

MARKER = ".omniflow"
LOCK = ".lock"


def claim(folder: Path) -> None:
    """Make the folder if need be, and make sure that we may use it. Raises RefusalError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_test(folder)
    except FileExistsError:
        raise RefusalError(f"{folder} is a file; give another --data-dir.") from None
    except OSError as error:
        raise RefusalError(
            f"The data folder {folder} cannot be written: {error.strerror}; give another --data-dir."
        ) from None
    # A folder with somebody else's files may be used, but gets no marker: --fresh will not empty it.
    if is_empty(folder) or folder.name == ".data":
        (folder / MARKER).touch()


def _write_test(folder: Path) -> None:
    probe = folder / f".probe-{secrets.token_hex(4)}"
    probe.write_text("")
    probe.unlink()


def is_empty(folder: Path) -> bool:
    return not any(entry.name != LOCK for entry in folder.iterdir())


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Refuses while another `infra/up` uses the folder; the kernel frees it when that one dies."""
    with (folder / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EAGAIN, errno.EACCES}:
                raise
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise RefusalError(
                f"OmniFlow already runs on {folder} (process {holder}); stop it first, or give another --data-dir."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def refuse_foreign(folder: Path) -> None:
    """--fresh empties only what infra/up has made."""
    if not (folder / MARKER).is_file():
        raise RefusalError(f"{folder} was not made by infra/up, so --fresh does not empty it; give another --data-dir.")


def empty(folder: Path) -> None:
    """Remove everything but the marker and the lock we hold."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name not in {LOCK, MARKER}:
            entry.unlink()


def secret_key(folder: Path) -> str:
    """The installation's secret, made once, readable by its owner only."""
    file = folder / "secret_key"
    if not file.is_file():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(64))
    return file.read_text().strip()
