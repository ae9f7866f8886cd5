"""Running the outside programs that install things."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.launch.console import RefusalError

SHOWN_LINES = 25
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def run(argv: Sequence[str], *, what: str, cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Run quietly; on failure show the end of the output. Raises RefusalError."""
    try:
        ran = subprocess.run(
            argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except FileNotFoundError:
        raise RefusalError(f"{what} failed: there is no {argv[0]} on this machine.") from None
    if ran.returncode != 0:
        lines = ran.stdout.decode(errors="replace").splitlines()[-SHOWN_LINES:]
        print("\n" + "\n".join(f"    {line}" for line in lines))
        raise RefusalError(f"{what} failed (exit {ran.returncode}): {' '.join(argv)}")


def trusting_environment() -> dict[str, str]:
    """Our environment, with every installer trusting the certificates this machine trusts.

    uv and node carry lists of their own, which do not know a company's inspecting proxy.
    """
    env = dict(os.environ)
    env.setdefault("UV_SYSTEM_CERTS", "1")
    env.setdefault("UV_NATIVE_TLS", "1")
    env.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    env.setdefault("PIP_ROOT_USER_ACTION", "ignore")
    if SYSTEM_CERTIFICATES.is_file():
        env.setdefault("NODE_EXTRA_CA_CERTS", str(SYSTEM_CERTIFICATES))
        env.setdefault("PIP_CERT", str(SYSTEM_CERTIFICATES))
    return env
