"""What one user likes: small JSON values by key, like the columns of a list."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.models import Preference

KEY = re.compile(r"[a-z][a-z0-9_.-]{0,79}")
MOST_BYTES = 10_000
MOST_KEYS = 300


def preferences_of(actor: Actor) -> dict[str, Any]:
    """All that a user likes, by key; nothing for whoever is no user."""
    if not actor.user_id:
        return {}
    return dict(Preference.objects.filter(user=actor.user_id).values_list("key", "value"))


def preference(actor: Actor, key: str) -> Any:
    """One value, or None."""
    if not actor.user_id:
        return None
    return Preference.objects.filter(user=actor.user_id, key=key).values_list("value", flat=True).first()


@transaction.atomic
def set_preferences(*, values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """Keep values for the acting user; None forgets one. Gives all of them. Raises Invalid, Denied."""
    if not by.user_id:
        raise Denied("Preferences belong to a person. Sign in, or use a person's API key.")
    _check(values)
    for key, value in values.items():
        if value is None:
            Preference.objects.filter(user=by.user_id, key=key).delete()
        else:
            Preference.objects.update_or_create(user_id=by.user_id, key=key, defaults={"value": value})
    found = preferences_of(by)
    if len(found) > MOST_KEYS:
        raise Invalid({"keys": [f"Keep at most {MOST_KEYS} preferences."]})
    return found


def _check(values: Mapping[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    for key, value in values.items():
        text = json.dumps(value)
        if not KEY.fullmatch(key):
            errors[key[:80]] = ["A key has small letters, digits, dots and dashes, at most 80."]
        elif len(text) > MOST_BYTES or "\\u0000" in text:
            errors[key] = [f"A value is JSON of at most {MOST_BYTES} bytes, without zero bytes."]
    if errors:
        raise Invalid(errors)


def list_key(type_name: str) -> str:
    """Where the liking for a type's list is kept: columns, widths, density, sort, layout, default view."""
    return f"list.{type_name}"


def like_list(*, type_name: str, by: Actor, **changes: Any) -> None:
    """Change some of what a user likes of a type's list; None forgets."""
    liked = preference(by, list_key(type_name)) or {}
    kept = {name: value for name, value in {**liked, **changes}.items() if value is not None}
    set_preferences(values={list_key(type_name): kept or None}, by=by)
