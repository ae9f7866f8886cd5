"""How many queries a request costs, counted at the connection. Import after Django is set up."""

from typing import Any

from django.db import connection
from django.test import Client

from infra.benches.load import Refused, Target


def queries_of(target: Target) -> int:
    """Queries of the second request: what is kept in memory is there by then."""
    client = Client(
        headers={"host": f"{target.host}:{target.port}", **{k.lower(): v for k, v in target.headers.items()}}
    )
    client.get(target.path)
    counted = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        answer = client.get(target.path)
    if answer.status_code != 200:
        raise Refused(f"{target.name}: {answer.status_code} in this process")
    return counted
