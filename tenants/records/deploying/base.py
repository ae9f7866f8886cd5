"""How a company was set up when its sandbox was made: what both sides are compared with.

It lies beside the sandbox's files, where nothing in the sandbox writes, with the keys that things got over here.
"""

import json
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tenants.kernel.copies import Copy, Facts, then
from tenants.records.deploying.parts import Values, everything

PATH = "sandbox/base.json"
Base = dict[str, dict[str, Values]]
Pairs = dict[str, str]


@then
def remember(facts: Facts) -> None:
    if facts.copy == Copy.SANDBOX:
        keep(everything(), {})


def keep(base: Base, pairs: Pairs) -> None:
    """In the sandbox's place."""
    if default_storage.exists(PATH):
        default_storage.delete(PATH)
    default_storage.save(PATH, ContentFile(json.dumps({"base": base, "pairs": pairs}).encode()))


def kept() -> tuple[Base, Pairs]:
    """In the sandbox's place: the base, and keys of the sandbox with the key of the same thing in its company."""
    if not default_storage.exists(PATH):
        return {}, {}
    with default_storage.open(PATH) as file:
        found: dict[str, Any] = json.loads(file.read())
    return found["base"], found["pairs"]


def pair(there: str, here: str) -> None:
    base, pairs = kept()
    keep(base, pairs | {there: here})
