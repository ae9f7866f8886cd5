"""Another installation on this machine: a database, keys and a data folder of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.plugin import ROOT, _clone, _with_path

REDIS = "15"
LONGEST_SECONDS = 120


@dataclass(frozen=True)
class Elsewhere:
    folder: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": self.database,
            "REDIS_URL": _with_path(os.environ["OMNIFLOW_TEST_REDIS"], REDIS),
            "OMNIFLOW_DATA_DIR": str(self.folder),
            "OMNIFLOW_SECRET_KEY": "a secret of the other installation, which nobody here knows",
        }

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "manage.py", *command]
        return subprocess.run(
            argv, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )

    def asked(self, *words: str) -> Any:
        """What `python -m tests.fleet.copies.telling` says there."""
        argv = [sys.executable, "-m", "tests.fleet.copies.telling", *words]
        ran = subprocess.run(
            argv, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
        assert ran.returncode == 0, ran.stderr[-3000:]
        return json.loads(ran.stdout.splitlines()[-1])


def made(folder: Path) -> Elsewhere:
    (folder / "static").mkdir(parents=True)
    return Elsewhere(folder, _clone(f"elsewhere_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"))
