"""Starting a peer and walking a browser through it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

HERE = Path(__file__).parent
NODE = os.environ.get("OMNIFLOW_NODE") or shutil.which("node")


@contextmanager
def running(script: str, **environment: str) -> Iterator[dict[str, Any]]:
    """The process, with what it has printed first; it ends with the block."""
    if not NODE:
        pytest.skip("no node on this machine")
    process = subprocess.Popen(
        [NODE, str(HERE / script)], env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        line = process.stdout.readline() if process.stdout else b""
        assert line, (process.stderr.read() if process.stderr else b"").decode()[-2000:]
        yield json.loads(line)
    finally:
        process.terminate()
        process.wait(10)


def walked(url: str, *, until: str) -> str:
    """Follow redirects at the peer with its cookies until one leads to a URL that begins so."""
    with httpx.Client(timeout=10) as browser:
        for _step in range(12):
            answer = browser.get(url)
            url = urljoin(url, answer.headers.get("Location", ""))
            assert answer.is_redirect, f"{answer.status_code}: {answer.text[:500]}"
            if url.startswith(until):
                return url
    raise AssertionError("walked in circles")
