"""How many queries something costs."""

from collections.abc import Callable
from typing import Any

from django.db import connection


def queries_in(work: Callable[[], Any]) -> int:
    counted = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal counted
        # A test's own savepoints are none of the page's.
        counted += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        work()
    return counted
