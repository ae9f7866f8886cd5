"""The API as another program uses it, beside an open browser."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.e2e.gardener import Planted
from tests.stack import Stack


def ask(
    stack: Stack, planted: Planted, path: str, method: str = "GET", body: Any = None, *, who: str = "key"
) -> Any:  # fmt: skip
    """What it answers to somebody's key. Raises AssertionError for what is refused."""
    request = Request(
        f"http://127.0.0.1:{stack.port}{path}", method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Host": f"{planted['host']}:{stack.port}", "Authorization": f"Bearer {planted[who]}",
            "Content-Type": "application/json",
        },
    )  # fmt: skip
    try:
        with urlopen(request, timeout=60) as answer:
            text = answer.read()
    except HTTPError as error:
        raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error
    return json.loads(text) if text else None
