"""A real browser before the whole program."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.gardener import Gardener, gardening
from tests.e2e.pages import PATIENCE_MS
from tests.stack import Stack, running_stack

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(f"e2e_{os.environ.get('PYTEST_XDIST_WORKER', '')}", tmp_path_factory.mktemp("stack")) as found:
        yield found


@pytest.fixture(scope="session")
def gardener(stack: Stack) -> Iterator[Gardener]:
    with gardening(stack) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with its module: while it is open its event loop forbids the ORM in this thread."""
    path = os.environ.get("OMNIFLOW_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not path:
        pytest.skip("no Chromium on this machine; infra/test installs it where apt has it")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: `OMNIFLOW_SCREENS` if set, else a folder of the run."""
    named = os.environ.get("OMNIFLOW_SCREENS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
