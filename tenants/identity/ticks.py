"""The table of ticks on forms about keys, tokens and apps: a row for each subject, `contacts:view` in each box."""

from collections.abc import Iterable, Mapping
from typing import Any

from tenants.identity.keys import VERBS
from tenants.kernel.actors import Actor, Scopes

Row = tuple[Any, list[tuple[str, bool, bool]]]


def tick_rows(actor: Actor, ticked: set[str], subjects: Iterable[tuple[str, Any]]) -> list[Row]:
    """Of each subject its verbs, with whether they are on, and whether they may be had."""
    return [
        (label, [(f"{name}:{verb}", f"{name}:{verb}" in ticked, actor.may(verb, name)) for verb in VERBS])
        for name, label in subjects
    ]


def parted(ticked: Iterable[Any]) -> dict[str, list[str]]:
    """What was ticked, as scopes."""
    found: dict[str, list[str]] = {}
    for one in ticked:
        name, _colon, verb = str(one).partition(":")
        found.setdefault(name, []).append(verb)
    return found


def ticked_in(scopes: Scopes | Mapping[str, Any]) -> set[str]:
    return {f"{name}:{verb}" for name, verbs in scopes.items() for verb in verbs}
