"""What a company is set up with, kind by kind. Each app declares its own in `deployed.py`.

    @deployed
    class Tags(Part):
        name, label, order = "tags", _("Tags"), 20

        def rows(self): return Tag.objects.all()
        def told(self, row): return {"name": row.name, "tone": row.tone}
        ...

Things are matched by their key. A copy of a company has the keys of the first, so that renaming is no removal;
what was made on both sides meanwhile is matched by what it is called.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound

T = TypeVar("T", bound="type[Part]")
Values = dict[str, Any]
_parts: dict[str, "Part"] = {}


class Part:
    name: ClassVar[str]
    label: ClassVar[Any]
    order: ClassVar[int]
    """What others point at comes first, and goes last."""
    refs: ClassVar[Mapping[str, str]] = {}
    """Values that are keys of another part, by its name."""
    inside: ClassVar[tuple[str, ...]] = ()
    """Values of JSON with keys of anything in them: filters."""
    can_remove: ClassVar[bool] = True
    warns: ClassVar[Any] = ""
    """What else happens when one is removed."""

    def rows(self) -> Iterable[Any]:
        raise NotImplementedError

    def told(self, row: Any) -> Values:
        """As JSON."""
        raise NotImplementedError

    def key(self, row: Any) -> str:
        return str(row.pk)

    def title(self, values: Values) -> str:
        return str(values.get("name") or self.label)

    def called(self, values: Values) -> Any:
        """What two of one company cannot have both."""
        return str(values.get("name", "")).casefold()

    def create(self, values: Values, by: Actor) -> Any:
        raise NotImplementedError

    def update(self, row: Any, values: Values, by: Actor) -> Any:
        """`values` are those that change."""
        raise NotImplementedError

    def remove(self, row: Any, by: Actor) -> None:
        raise NotImplementedError

    def all(self) -> dict[str, Values]:
        """Of the company we are in, by key."""
        return {self.key(row): self.told(row) for row in self.rows()}

    def row(self, key: str) -> Any:
        """Raises NotFound."""
        found = next((one for one in self.rows() if self.key(one) == key), None)
        if found is None:
            raise NotFound
        return found


def deployed(cls: T) -> T:
    if cls.name in _parts:
        raise ValueError(f"Two parts are called {cls.name}")
    _parts[cls.name] = cls()
    return cls


def parts() -> list[Part]:
    return sorted(_parts.values(), key=lambda one: one.order)


def part_named(name: str) -> Part:
    if name not in _parts:
        raise NotFound
    return _parts[name]


def everything() -> dict[str, dict[str, Values]]:
    """How the company we are in is set up."""
    return {one.name: one.all() for one in parts()}
