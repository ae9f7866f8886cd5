"""What templates and formulas can name: record, trigger, steps, vars, item, user, company, now, secrets.

Values are looked up by name only, in mappings and through the declared fields of records, as the actor of the
context sees them. Nothing is called, so a template reaches no further than what is put into its scope.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from tenants.directory.hosts import tenant_now
from tenants.kernel import context
from tenants.records.fields import Relation
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType, type_named, type_of

ROOTS = ("record", "trigger", "steps", "vars", "item", "user", "company", "now", "secrets", "workflow")


class RecordView:
    """A record as templates see it: by the fields that the one who acts may see."""

    __slots__ = ("record", "record_type", "seen")

    def __init__(self, record_type: RecordType, record: Any) -> None:
        self.record_type, self.record = record_type, record
        self.seen: dict[str, Any] = {}

    def __str__(self) -> str:
        return str(self.record)

    def get(self, name: str) -> Any:
        if name == "id":
            return str(self.record.pk)
        if name == "url":
            return f"{tenant_now().base_url}{path_of(self.record_type, self.record.pk)}"
        if name == "custom":
            return _Own(self)
        if name not in self.seen:
            self.seen[name] = self._value(name)
        return self.seen[name]

    def _value(self, name: str) -> Any:
        field = self.record_type.fields.get(name)
        if field is None:
            return str(self.record) if name == "name" else None
        if field.is_secret:
            return None
        return self._linked(field) if isinstance(field, Relation) else field.value(self.record)

    def _linked(self, field: Relation) -> Any:
        """What it points at, if that may be seen."""
        target = type_of(field.target)
        if not target:
            found = field.value(self.record)
            return PersonView(found) if found is not None and hasattr(found, "email") else _named(found)
        wanted = field.to_api(self.record)
        if not wanted or not context.actor().may("view", target.name):
            return None
        found = visible_to(context.actor(), target).filter(pk=wanted).first()
        return RecordView(target, found) if found else None


class _Own:
    """`record.custom.tier`."""

    def __init__(self, view: RecordView) -> None:
        self.view = view

    def get(self, name: str) -> Any:
        return self.view.get(f"custom.{name}")


class PersonView:
    """A user: id, name, e-mail, nothing else."""

    def __init__(self, user: Any) -> None:
        self.user = user

    def __str__(self) -> str:
        return str(self.user)

    def get(self, name: str) -> Any:
        known = {"id": str(self.user.pk), "name": str(self.user), "email": self.user.email}
        return known.get(name)


def path_of(record_type: RecordType, record_id: UUID) -> str:
    """The address of a record's page: workers know no URLs but these, which are the same everywhere."""
    return f"/{record_type.name}/{record_id}/"


def _named(found: Any) -> Any:
    return {"id": str(found.pk), "name": str(found)} if found is not None else None


class Scope:
    """Names and what they stand for. A value may be a function, called when first asked for."""

    def __init__(self, roots: Mapping[str, Any]) -> None:
        self.roots = dict(roots)

    def look_up(self, path: tuple[str, ...]) -> Any:
        """The value at the end of a path; None where it leads nowhere."""
        value = self._root(path[0])
        for name in path[1:]:
            value = step_into(value, name)
            if value is None:
                return None
        return value

    def _root(self, name: str) -> Any:
        found = self.roots.get(name)
        if callable(found):  # made when first asked for
            found = self.roots[name] = found()
        return found


def step_into(value: Any, name: str) -> Any:
    if isinstance(value, Mapping | RecordView | PersonView | _Own):
        return value.get(name)
    if isinstance(value, list | tuple) and name.lstrip("-").isdecimal():
        place = int(name)
        return value[place] if -len(value) <= place < len(value) else None
    return None


def as_text(value: Any) -> str:
    """A value as it stands in a sentence."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if timezone.is_aware(value) else str(value)
    if isinstance(value, list | tuple):
        return ", ".join(as_text(one) for one in value)
    if isinstance(value, Mapping):
        return as_text(value["name"]) if "name" in value else ", ".join(as_text(one) for one in value.values() if one)
    return str(value)


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, RecordView):
        return {"id": str(value.record.pk), "name": str(value)}
    if isinstance(value, PersonView):
        return {"id": str(value.user.pk), "name": str(value)}
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def id_of(value: Any) -> UUID | None:
    """The id that a value names: a text, a record, what history says of a relation."""
    if isinstance(value, RecordView):
        return value.record.pk  # type: ignore[no-any-return]
    if isinstance(value, PersonView):
        return value.user.pk  # type: ignore[no-any-return]
    raw = value.get("id") if isinstance(value, Mapping) else value
    try:
        return UUID(str(raw))
    except ValueError:
        return None


def view_of(type_name: str, record: Any) -> RecordView | None:
    return RecordView(type_named(type_name), record) if record is not None else None
