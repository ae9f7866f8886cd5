"""A role for the editor and the list: cells with what may be chosen in them, fields in groups, words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tenants.identity.keys import VERBS
from tenants.identity.roles import fields
from tenants.identity.roles.bounds import held
from tenants.identity.roles.matrix import (
    ALL,
    EVERY,
    FAR,
    FAR_WORDS,
    NONE,
    VERB_WORDS,
    Access,
    Matrix,
    is_yes_or_no,
    subjects,
    types,
)
from tenants.kernel.actors import Actor


@dataclass(frozen=True, kw_only=True)
class Cell:
    verb: str
    label: str
    far: str
    choices: list[tuple[str, str, bool]]
    """(value, words, whether the one who edits may give it)."""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A type in the table; one that is not `named` follows the first row."""

    name: str
    label: str
    is_named: bool
    cells: list[Cell] = field(default_factory=list)
    error: str = ""

    @property
    def is_first(self) -> bool:
        return self.name == EVERY


@dataclass(frozen=True, kw_only=True)
class Group:
    """The fields of a type, and how many of them are limited."""

    name: str
    label: str
    lines: list[fields.Line]
    count: int
    has_error: bool


def matrix_shown(records: Matrix, by: Actor, errors: Mapping[str, list[str]]) -> list[Row]:
    return [
        Row(
            name=name, label=label, is_named=name in records, error=" ".join(errors.get(f"records.{name}", [])),
            cells=[_cell(records, name, verb, by, errors) for verb in VERBS],
        )
        for name, label in subjects().items()
    ]  # fmt: skip


def _cell(records: Matrix, name: str, verb: str, by: Actor, errors: Mapping[str, list[str]]) -> Cell:
    far = records.get(name, records.get(EVERY, {})).get(verb, NONE)
    is_short = is_yes_or_no(name, verb)
    far = ALL if is_short and far not in (NONE, ALL) and far in FAR else far
    most = FAR.index(held(by, name, verb))
    known = (NONE, ALL) if is_short else FAR
    words = {NONE: FAR_WORDS[NONE], ALL: _("yes")} if is_short else FAR_WORDS
    choices = [(one, str(words[one]), one == far or FAR.index(one) <= most) for one in known]
    error = " ".join(errors.get(f"records.{name}.{verb}", []))
    return Cell(verb=verb, label=str(VERB_WORDS[verb]), far=far, choices=choices, error=error)


def fields_shown(access: Access, errors: Mapping[str, list[str]]) -> list[Group]:
    found = []
    for name, one in types().items():
        rules = access.fields.get(name, {})
        lines = fields.lines(one, rules, errors)
        has_error = any(line.error for line in lines)
        found.append(Group(name=name, label=one.label, lines=lines, count=len(rules), has_error=has_error))
    return found


def words_of(access: Access) -> list[tuple[str, str]]:
    """What the role may with most types: (verb, how far) of those it may at all."""
    cells = access.records[EVERY]
    return [
        (str(VERB_WORDS[verb]), "" if verb == "create" else str(FAR_WORDS[cells[verb]]))
        for verb in VERBS
        if cells[verb] != NONE
    ]


def ladder() -> list[tuple[str, Any]]:
    return [(far, FAR_WORDS[far]) for far in FAR]
