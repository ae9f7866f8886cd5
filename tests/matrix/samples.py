"""A row of the matrix: a route by name, what it needs, and a request that whoever may will be granted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.matrix.needs import OPEN, Need

Things = Mapping[str, Any]
Judge = Callable[[Any], bool]


class _The:
    """`the.deal` in a sample is the id of the scene's deal (or the text kept under that name)."""

    def __getattr__(self, name: str) -> Callable[[Things], Any]:
        return self[name]

    def __getitem__(self, name: str) -> Callable[[Things], Any]:
        return lambda things: things[name]


the: Any = _The()


@dataclass(frozen=True, kw_only=True)
class Row:
    name: str
    need: Need = OPEN
    args: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    form: Any = None
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ok: tuple[int, ...] = ()
    """Statuses from 400 on that say the door was open all the same, like 409."""
    judge: Judge | None = None
    """Whether an answer let its asker in, where the status does not tell."""
    programs: bool = False
    """A page that keys may ask for: the API's answers point at it."""
    secret: str = ""
    """Which argument or query name is the secret of the link."""
    why: str = ""


WORDS = frozenset(Row.__dataclass_fields__) - {"name", "need", "args"}


def row(route: str, need: Need = OPEN, /, **more: Any) -> Row:
    """`row("get_deal_team", views("deals"), deal_id=the.won)`: what is no word of a row is an argument of the path."""
    known = {one: more.pop(one) for one in WORDS & set(more)}
    return Row(name=route, need=need, args=more, **known)


def filled(value: Any, things: Things) -> Any:
    """A sample with everything of the scene put in."""
    if isinstance(value, dict):
        return {name: filled(one, things) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [filled(one, things) for one in value]
    return filled(value(things), things) if callable(value) else value


def upload(name: str, body: bytes) -> Callable[[Things], Any]:
    """A file in a form."""
    return lambda things: SimpleUploadedFile(name, body)
