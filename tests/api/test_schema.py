"""The company API against its own document: schemathesis asks a running server what comes to its mind.

`infra/test --api` runs the short form, `infra/test --api --cases 1000` the long one: so many cases for each group of
operations (a tag of the document), and the phases that take minutes. Every check is on; the same seed asks the same
questions.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.plugin import ROOT, _clone, _redis_for
from tests.stack import free_port

HERE = Path(__file__).parent
START_SECONDS = 60
SEED = "3"
SHORT_CASES = 1
SETTINGS = HERE / "schemathesis.toml"
SHORT, LONG = "examples,fuzzing", "examples,coverage,fuzzing,stateful"


def command(document: Path, settings: Path, port: int, host: str, key: str, phases: str) -> list[str]:
    """The command line of schemathesis."""
    return [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(settings), "run",
        str(document), "--url", f"http://127.0.0.1:{port}",
        "--header", f"Host:{host}", "--header", f"Authorization:Bearer {key}",
        "--checks", "all", "--phases", phases, "--seed", SEED,
        "--generation-deterministic", "--continue-on-failure", "--no-color",
        "--suppress-health-check", "all", "--warnings", "off",
    ]  # fmt: skip


def short_settings(file: Path) -> Path:
    file.write_text(f"{SETTINGS.read_text()}\n[generation]\nmax-examples = {SHORT_CASES}\n")
    return file


def long_settings(file: Path, document: Path, cases: int) -> Path:
    """`cases` for each tag, spread over its operations; as many in all for walks from answer to answer."""
    routes = [route for methods in json.loads(document.read_bytes())["paths"].values() for route in methods.values()]
    groups = Counter(route["tags"][0] for route in routes)
    parts = [
        f"[[operations]]\ninclude-tag = {json.dumps(tag)}\ngeneration = {{ max-examples = {-(-cases // size)} }}\n"
        for tag, size in groups.items()
    ]
    walks = f"[phases.stateful]\ngeneration = {{ max-examples = {cases} }}\n"
    file.write_text("\n".join([SETTINGS.read_text(), walks, *parts]))
    return file


@contextmanager
def serving(port: int, environment: dict[str, str], log: Path) -> Iterator[None]:
    web = ["--interface", "wsgi", "--port", str(port), "--workers", "1", "--blocking-threads", "2"]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "granian", *web, "saas.wsgi:application"],
            cwd=ROOT, env=environment, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            wait_for(port, log)
            yield
        finally:
            server.terminate()
            server.wait(20)


def document_of(host: str, port: int, file: Path) -> Path:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/openapi.json", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
        file.write_bytes(answer.read())
    return file


def wait_for(port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"not ready:\n{log.read_text()[-3000:]}")


@pytest.fixture
def company(tmp_path: Path) -> dict[str, Any]:
    """A company in a database of its own: what is asked here stays."""
    environment = os.environ | {
        "DATABASE_URL": _clone("api"),
        "REDIS_URL": _redis_for("gw14"),
        "OMNIFLOW_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "saas.settings",
        "PYTHONPATH": str(ROOT),
    }
    made = subprocess.run(
        [sys.executable, "-m", "tests.api.prepare"], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return json.loads(made.stdout.splitlines()[-1]) | {"environment": environment}


@pytest.mark.api
def test_the_api_keeps_to_its_document(company: dict[str, Any], tmp_path: Path) -> None:
    port = free_port()
    cases = int(os.environ.get("OMNIFLOW_API_CASES") or 0)
    environment = company["environment"] | {
        "OMNIFLOW_API_IDS": json.dumps(company["ids"]),
        "SCHEMATHESIS_HOOKS": "tests.api.hooks",
    }
    with serving(port, company["environment"], tmp_path / "web.log"):
        document = document_of(company["host"], port, tmp_path / "openapi.json")
        file = tmp_path / "settings.toml"
        settings = long_settings(file, document, cases) if cases else short_settings(file)
        asked = subprocess.run(
            command(document, settings, port, company["host"], company["key"], LONG if cases else SHORT),
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    print(asked.stdout)
    assert asked.returncode == 0, asked.stdout[-20_000:] + asked.stderr[-3_000:]
