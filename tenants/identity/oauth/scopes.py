"""The scopes of API keys as OAuth writes them: "contacts:view contacts:edit", and as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.identity.enums import CREATE, DELETE, EDIT, EXPORT, REVEAL, SETTINGS, VIEW
from tenants.identity.keys import VERBS, subjects
from tenants.kernel.actors import Actor, Scopes, covers, narrowed

SIGN: Final = ":"
EVERYTHING: Final = gettext_lazy("Everything people work with")
"""What `*` is called: the settings are never in it."""
DOING: Final = {
    VIEW: gettext_lazy("see"),
    CREATE: gettext_lazy("create"),
    EDIT: gettext_lazy("change"),
    DELETE: gettext_lazy("delete"),
    EXPORT: gettext_lazy("export"),
    REVEAL: gettext_lazy("read confidential fields of"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One subject in plain words: "Contacts", "see, change"."""

    about: str
    may: str
    is_grave: bool = False
    """Worth a second look: the settings, or whatever deletes."""


def words_of(scopes: Scopes) -> str:
    """As tokens and requests carry them."""
    return " ".join(sorted(f"{name}{SIGN}{verb}" for name, verbs in scopes.items() for verb in verbs))


def scopes_in(words: str) -> dict[str, list[str]] | None:
    """None where a word means nothing here. `*` does not speak for the settings: they are asked for by name."""
    found: dict[str, set[str]] = {}
    known = {"*", *(name for name, _label in subjects())}
    for word in words.split():
        name, _sign, verb = word.rpartition(SIGN)
        if name not in known or verb not in VERBS:
            return None
        found.setdefault(name, set()).add(verb)
    return sealed({name: sorted(verbs) for name, verbs in found.items()}) if found else None


def sealed(scopes: Scopes) -> dict[str, list[str]]:
    """With the settings shut unless they are named."""
    return {name: list(verbs) for name, verbs in scopes.items()} | {SETTINGS: list(scopes.get(SETTINGS, ()))}


def as_sets(scopes: Scopes) -> dict[str, frozenset[str]]:
    return {name: frozenset(verbs) for name, verbs in scopes.items()}


def within(asked: Scopes, most: Scopes) -> bool:
    """Whether the second allows all of the first."""
    return covers(as_sets(most), sealed(asked))


def in_both(one: Scopes, other: Scopes) -> dict[str, list[str]]:
    return {name: sorted(verbs) for name, verbs in narrowed(as_sets(one), other).items()}


def cut_to(scopes: Scopes, actor: Actor) -> dict[str, list[str]]:
    """What of it the person may do at all, now."""
    return sealed({name: kept for name, verbs in scopes.items() if (kept := [v for v in verbs if actor.may(v, name)])})


def is_empty(scopes: Scopes) -> bool:
    return not any(scopes.values())


def supported() -> list[str]:
    """Every word there is."""
    return [f"{name}{SIGN}{verb}" for name in ("*", *(name for name, _label in subjects())) for verb in VERBS]


def lines(scopes: Scopes) -> list[Line]:
    """In words, in the order of the side of the page."""
    labels: dict[str, Any] = {"*": EVERYTHING, **dict(subjects()), SETTINGS: _("The company's settings")}
    return [_line(name, label, scopes[name]) for name, label in labels.items() if scopes.get(name)]


def _line(name: str, label: Any, verbs: Iterable[str]) -> Line:
    known = set(verbs)
    may = ", ".join(str(word) for verb, word in DOING.items() if verb in known)
    return Line(about=capfirst(str(label)), may=may, is_grave=name == SETTINGS or DELETE in known)
