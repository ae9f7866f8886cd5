"""What templates and formulas of a definition name: does it exist at that place?"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.automation.definition.formulas import paths_in
from tenants.automation.definition.templates import Expression, is_template, parse, texts_in
from tenants.records.fields import Address, Relation
from tenants.records.registry import RecordType, type_of

PERSON = ("id", "name", "email")


@dataclass
class Names:
    """What is known at a place of a definition. Steps and variables are added as they come by."""

    record_type: RecordType | None
    steps: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    secrets: frozenset[str] = frozenset()
    item: RecordType | None = None
    has_item: bool = False
    may_use_secrets: bool = False

    def within(self, **changes: Any) -> "Names":
        """The same, shared, but for what a loop or an action adds."""
        return replace(self, **changes)

    def faults(self, value: Any) -> Iterator[str]:
        """What is wrong with the templates in a value of JSON."""
        for text in texts_in(value):
            if is_template(text):
                yield from self._faults_of(text)

    def _faults_of(self, text: str) -> Iterator[str]:
        try:
            parts = parse(text)
        except ValidationError as error:
            yield from error.messages
            return
        for one in parts:
            if isinstance(one, Expression):
                yield from self.path_faults(one.path)

    def formula_faults(self, text: Any) -> Iterator[str]:
        if not isinstance(text, str):
            yield _("Write a formula.")
            return
        try:
            paths = paths_in(text)
        except ValidationError as error:
            yield from error.messages
            return
        for path in paths:
            yield from self.path_faults(path)

    def path_faults(self, path: tuple[str, ...]) -> Iterator[str]:
        root, rest = path[0], path[1:]
        if root == "record":
            yield from self._record_faults(self.record_type, rest, _("This workflow has no record."))
        elif root == "item" and not self.has_item:
            yield _("“item” is known only inside “for each”.")
        elif root == "item" and self.item:
            yield from self._record_faults(self.item, rest, "")
        elif root == "steps" and (not rest or rest[0] not in self.steps):
            yield _("There is no step “%(name)s” before this one.") % {"name": rest[0] if rest else ""}
        elif root == "secrets":
            yield from self._secret_faults(rest)

    def _secret_faults(self, rest: tuple[str, ...]) -> Iterator[str]:
        if not self.may_use_secrets:
            yield _("Secrets can be used only where something is sent out.")
        elif len(rest) != 1 or rest[0] not in self.secrets:
            yield _("There is no secret “%(name)s”.") % {"name": ".".join(rest)}

    def _record_faults(self, record_type: RecordType | None, rest: tuple[str, ...], without: str) -> Iterator[str]:
        if record_type is None:
            yield without
            return
        name, *more = (f"custom.{rest[1]}", *rest[2:]) if rest[:1] == ("custom",) and len(rest) > 1 else rest or ("",)
        if name in ("id", "url", "name", "") and not more:
            return
        found = record_type.fields.get(name)
        if not found:
            yield _("%(type)s has no field “%(name)s”.") % {"type": record_type.label, "name": name}
        elif found.is_secret:
            yield _("“%(name)s” is confidential and cannot be used here.") % {"name": name}
        elif more and isinstance(found, Relation):
            target = type_of(found.target)
            if target:
                yield from self._record_faults(target, tuple(more), "")
            elif more[0] not in PERSON:
                yield _("Of a person there are: %(known)s.") % {"known": ", ".join(PERSON)}
        elif more and not isinstance(found, Address) and not found.is_many:
            yield _("“%(name)s” leads no further.") % {"name": name}
