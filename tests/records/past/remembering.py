"""What records are, as programs read them: remembered at a moment, to be compared with what the past tells."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from tenants.identity.actions import add_user
from tenants.identity.models import Role, User
from tenants.kernel import context
from tenants.records.past.reading import reading
from tenants.records.queries import visible_to
from tenants.records.registry import type_named
from tenants.records.rows import Reader

TYPES = ("accounts", "contacts", "deals", "tasks")
COUNTED = ("version", "updated_at")

State = dict[str, dict[str, Any]]


def state(types: tuple[str, ...] = TYPES) -> State:
    """Every record that is not in the bin, by type and id."""
    found: State = {}
    for name in types:
        record_type = type_named(name)
        reader = Reader(record_type)
        rows = list(reader.rows(visible_to(context.actor(), record_type).order_by("pk")))
        found[name] = {str(one["id"]): _plain(one) for one in reader.dictionaries(rows)}
    return found


def state_then(at: datetime, types: tuple[str, ...] = TYPES) -> State:
    with reading(at):
        return state(types)


def now() -> datetime:
    return timezone.now()


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in COUNTED}


def person(name: str, *verbs: str, **role: Any) -> User:
    """Somebody with a role of their own, which may `verbs` everything (view and edit unless said)."""
    made = Role.objects.create(name=name, slug=name.lower(), grants={"*": list(verbs or ("view", "edit"))}, **role)
    user = add_user(email=f"{name.lower()}@works.example", name=name, role="read-only")
    user.role = made
    user.save()
    return user
