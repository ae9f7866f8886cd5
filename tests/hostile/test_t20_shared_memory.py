"""T20, by reading the code: what a process or Redis remembers for all companies holds nothing of one."""

import ast
from collections.abc import Iterator
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
ROOMS = ("tenants", "public_site", "billing", "saas")
REMEMBERING = {"cache", "lru_cache"}
OF_A_PLACE = {"context", "connection", "cursor", "objects", "request", "actor", "place", "company"}
"""Names that a function whose answers are kept for everybody may not use."""
WITH_REDIS = {
    "tenants/directory/hosts.py": "words that make memories be forgotten; no values",
    "tenants/fleet/waking.py": "company ids by the moment of their next reminder or delivery",
    "tenants/kernel/live.py": "words to open pages, in groups with the salt of the place",
    "tenants/voice/open_companies.py": "company ids with calls under way",
    "saas/health.py": "asks whether Redis answers",
    "saas/embedded/redis.py": "starts the server",
    "public_site/control/health.py": "asks whether Redis answers",
    "public_site/control/tasks.py": "the moment of the last beat",
    "tenants/kernel/cache.py": "forgets all keys with the salt of one place",
    "tenants/kernel/fair/lanes.py": "tasks that wait, in a lane for each company",
    "tenants/fleet/lifecycle/clearing.py": "forgets what waits for an erased company",
}
"""Who speaks to Redis without the salted cache, and what for. A new one is looked at before it is added here."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for file in sorted((REPO / room).rglob("*.py")):
            if "migrations" not in file.parts:
                yield str(file.relative_to(REPO)), ast.parse(file.read_text())


def remembered(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function) and any(_name(one) in REMEMBERING for one in node.decorator_list):
            yield node


def _name(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def uses(function: Function) -> set[str]:
    body = [node for statement in function.body for node in ast.walk(statement)]
    return {node.id for node in body if isinstance(node, ast.Name)} | {
        node.attr for node in body if isinstance(node, ast.Attribute)
    }


def test_t20_the_check_finds_what_it_is_for() -> None:
    tree = ast.parse("@lru_cache(maxsize=9)\ndef f(x):\n    return Contact.objects.get(pk=x)")

    assert [uses(one) & OF_A_PLACE for one in remembered(tree)] == [{"objects"}]


def test_t20_what_a_process_remembers_by_decorator_comes_from_its_arguments_alone() -> None:
    found = {
        f"{file}:{one.name}": uses(one) & OF_A_PLACE
        for file, tree in sources()
        if not file.startswith("tenants/kernel/")
        for one in remembered(tree)
    }

    assert len(found) > 10
    assert {name: used for name, used in found.items() if used} == {}


def test_t20_raw_redis_is_used_where_it_was_looked_at() -> None:
    found = set()
    for file, tree in sources():
        for node in ast.walk(tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "redis" for name in names):
                found.add(file)

    assert found == set(WITH_REDIS)


def test_t20_no_answer_is_kept_whole() -> None:
    found = [
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr)
        in {"cache_page", "UpdateCacheMiddleware", "FetchFromCacheMiddleware"}
    ]

    assert found == []
