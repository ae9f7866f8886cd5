"""What differs between a sandbox and its company, and where both have changed."""

from dataclasses import dataclass
from typing import Any, Literal

from tenants.directory.models import Company
from tenants.kernel import context
from tenants.records.deploying.base import Base, Pairs, kept
from tenants.records.deploying.parts import Part, Values, everything, parts

ADDED: Literal["added"] = "added"
CHANGED: Literal["changed"] = "changed"
REMOVED: Literal["removed"] = "removed"
Verb = Literal["added", "changed", "removed"]


@dataclass(frozen=True)
class FieldDifference:
    name: str
    here: Any
    there: Any
    is_conflict: bool

    @property
    def label(self) -> str:
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`there` is the sandbox, `here` the company it is of."""

    part: Part
    verb: Verb
    there: str
    """Its key in the sandbox; in the company where it is gone in the sandbox."""
    here: str = ""
    values: Values
    fields: tuple[FieldDifference, ...] = ()
    is_gone_here: bool = False
    changed_here: bool = False

    @property
    def id(self) -> str:
        return f"{self.part.name}:{self.there}"

    @property
    def title(self) -> str:
        return self.part.title(self.values)

    @property
    def is_conflict(self) -> bool:
        """Somebody changed it in the company too, since the copy."""
        return self.is_gone_here or self.changed_here or any(one.is_conflict for one in self.fields)


def differences(sandbox: Company) -> list[Difference]:
    """In the company the sandbox is of. In the order in which they can be applied."""
    here = everything()
    with context.inside(sandbox.place):
        there, (base, pairs) = everything(), kept()
    found = _Comparison(base, pairs, here, there)
    comes = [one for part in parts() for one in found.of(part)]
    gone = [one for part in reversed(parts()) for one in found.removed(part)]
    return [*comes, *gone]


@dataclass(frozen=True)
class _Comparison:
    base: Base
    pairs: Pairs
    here: Base
    there: Base

    def of(self, part: Part) -> list[Difference]:
        """Added and changed."""
        return [one for key in self.there[part.name] if (one := self._difference(part, key))]

    def _difference(self, part: Part, key: str) -> Difference | None:
        values = self.mapped(part, self.there[part.name][key])
        before = self.base.get(part.name, {}).get(key)
        own = self.own_key(part, key, values)
        now = self.here[part.name].get(own)
        if before is not None and self.mapped(part, before) == values:
            return None
        if now is None:
            return Difference(
                part=part, verb=ADDED, there=key, values=values, is_gone_here=before is not None
            )  # fmt: skip
        fields = tuple(self._fields(values, now, before))
        return (
            Difference(part=part, verb=CHANGED, there=key, here=own, values=values, fields=fields) if fields else None
        )

    def _fields(self, values: Values, now: Values, before: Values | None) -> list[FieldDifference]:
        found = []
        for name, value in values.items():
            if value == now.get(name) or (before is not None and value == before.get(name)):
                continue
            is_conflict = before is None or now.get(name) != before.get(name)
            found.append(FieldDifference(name, now.get(name), value, is_conflict))
        return found

    def own_key(self, part: Part, key: str, values: Values) -> str:
        """The key in the company: the same, that of what was made there of it, or of what is called the same."""
        if key in self.here[part.name]:
            return key
        known = self.pairs.get(key, "")
        if known in self.here[part.name] or key in self.base.get(part.name, {}):
            return known
        twin = (one for one, other in self.here[part.name].items() if part.called(other) == part.called(values))
        return next((one for one in twin if one not in self.there[part.name]), "")

    def removed(self, part: Part) -> list[Difference]:
        if not part.can_remove:
            return []
        found = []
        for key, before in self.base.get(part.name, {}).items():
            now = self.here[part.name].get(key)
            if key not in self.there[part.name] and now is not None:
                changed = now != before
                found.append(
                    Difference(part=part, verb=REMOVED, there=key, here=key, values=now, changed_here=changed)
                )  # fmt: skip
        return found

    def mapped(self, part: Part, values: Values) -> Values:
        """With keys of the company in place of the sandbox's, as far as they are known."""
        return {
            name: self.in_json(value) if name in part.inside or name in part.refs else value
            for name, value in values.items()
        }

    def in_json(self, value: Any) -> Any:
        return with_keys(value, self.pairs)


def with_keys(value: Any, pairs: Pairs) -> Any:
    """A value of JSON with keys exchanged."""
    if isinstance(value, dict):
        return {name: with_keys(one, pairs) for name, one in value.items()}
    if isinstance(value, list):
        return [with_keys(one, pairs) for one in value]
    return pairs.get(value, value) if isinstance(value, str) else value
