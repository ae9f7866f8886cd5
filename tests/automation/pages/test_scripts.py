"""The builder's pure functions, run by node, which builds the front end anyway."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.plugin import ROOT

TESTS = Path(__file__).with_name("model.test.mjs")


@pytest.mark.skipif(not shutil.which("node"), reason="no node on this machine")
def test_edits_of_definitions() -> None:
    done = subprocess.run(["node", "--test", str(TESTS)], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stdout
    assert "# fail 0" in done.stdout
