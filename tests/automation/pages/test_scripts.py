"""The builder's pure functions and its icons, run by node, which builds the front end anyway."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tenants.automation.catalogue import actions, triggers
from tenants.automation.recipes import recipes
from tenants.notifications.channels import CHANNELS
from tenants.notifications.kinds import kinds
from tests.plugin import ROOT

TESTS = Path(__file__).with_name("model.test.mjs")


@pytest.mark.skipif(not shutil.which("node"), reason="no node on this machine")
def test_edits_of_definitions() -> None:
    done = subprocess.run(["node", "--test", str(TESTS)], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stdout
    assert "# fail 0" in done.stdout


@pytest.mark.skipif(not shutil.which("node"), reason="no node on this machine")
def test_every_icon_of_the_catalogue_is_in_the_sprite() -> None:
    told = "import { namesInSources } from './infra/assets/scan.mjs'; " + (
        "console.log([...(await namesInSources(process.cwd())).icons].join(' '))"
    )
    run = ["node", "--input-type=module", "--eval", told]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    named = {one.icon for found in (triggers(), actions(), recipes(), kinds(), CHANNELS) for one in found.values()}  # type: ignore[attr-defined]
    assert sorted(named - set(done.stdout.split())) == []
