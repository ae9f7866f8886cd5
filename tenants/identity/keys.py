"""How the secret of an API key is kept, and what a key may do."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from tenants.identity.enums import CREATE, DELETE, EDIT, EXPORT, SETTINGS, VIEW
from tenants.identity.models import ApiKey
from tenants.kernel import context
from tenants.kernel.actors import Actor, Grants
from tenants.kernel.errors import Invalid
from tenants.records.registry import record_types

VERBS = (VIEW, CREATE, EDIT, DELETE, EXPORT)
NONE: frozenset[str] = frozenset()
Scopes = Mapping[str, Sequence[str]]


def digest_of(secret: str) -> str:
    """Salted with the place: the same text is no key anywhere else."""
    return hashlib.sha256(f"{context.place().salt}:{secret}".encode()).hexdigest()


def actor_of(key: ApiKey) -> Actor:
    """Its user, with no more than the key's scopes; what the user may no longer do, the key may not either."""
    actor = key.user.actor
    if key.scopes is None:
        return actor
    return replace(actor, grants=narrowed(actor.grants, key.scopes))


def narrowed(grants: Grants, scopes: Scopes) -> Grants:
    """What both allow. `*` speaks for every subject that is not written down, in either."""
    names = {*grants, *scopes, "*"}
    return {name: _both(_verbs(grants, name), _verbs(scopes, name)) for name in names}


def _verbs(grants: Mapping[str, Any], name: str) -> frozenset[str]:
    found = grants.get(name)
    return frozenset(grants.get("*", NONE) if found is None else found)


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if "*" in one:
        return other
    return one if "*" in other else one & other


def subjects() -> list[tuple[str, str]]:
    """What scopes may speak of: every record type, notes, the settings."""
    types = [(one.name, str(one.label)) for one in record_types()]
    return [*types, ("notes", _("Notes")), (SETTINGS, _("Settings"))]


def checked_scopes(scopes: Scopes | None, *, by: Actor) -> dict[str, list[str]] | None:
    """As the row keeps them. Raises Invalid for what is unknown, and for what the maker may not do."""
    if scopes is None:
        return None
    known = {"*", *(name for name, _label in subjects())}
    # An empty line says something beside `*`: nothing here.
    found = {name: sorted(set(verbs)) for name, verbs in scopes.items() if verbs or "*" in scopes}
    for name, verbs in found.items():
        if name not in known:
            raise Invalid({"scopes": [_("There is nothing called %(name)s.") % {"name": name[:60]}]})
        for verb in verbs:
            _check(verb, name, by)
    if not any(found.values()):
        raise Invalid({"scopes": [_("Allow the key at least one thing.")]})
    return found


def _check(verb: str, name: str, by: Actor) -> None:
    if verb not in VERBS:
        raise Invalid({"scopes": [_("Choose from: %(verbs)s.") % {"verbs": ", ".join(VERBS)}]})
    if name != "*" and not by.may(verb, name):
        words = {"verb": verb, "name": name}
        raise Invalid({"scopes": [_("You may not %(verb)s %(name)s yourself.") % words]})
