"""How the secret of an API key is kept, and what a key may do."""

import hashlib

from django.utils.translation import gettext as _

from tenants.identity.enums import CREATE, DELETE, EDIT, EXPORT, REVEAL, SETTINGS, VIEW
from tenants.identity.models import ApiKey, OAuthAccess
from tenants.kernel import context
from tenants.kernel.actors import Actor, Scopes, cut
from tenants.kernel.errors import Invalid
from tenants.records.registry import record_types

VERBS = (VIEW, CREATE, EDIT, DELETE, EXPORT, REVEAL)


def digest_of(secret: str) -> str:
    """Salted with the place: the same text is no key anywhere else."""
    return hashlib.sha256(f"{context.place().salt}:{secret}".encode()).hexdigest()


def actor_of(key: ApiKey | OAuthAccess) -> Actor:
    """Its user, with no more than the key's scopes; what the user may no longer do, the key may not either."""
    return cut(key.user.actor, key.cut_to, name=_name(key))


def _name(key: ApiKey | OAuthAccess) -> str:
    """ "Maya through Acme Sync": history and audit tell by what it was done."""
    words = _("%(person)s through %(program)s") % {"person": str(key.user)[:60], "program": key.through[:48]}
    return words if key.through else ""


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


def without_settings(scopes: dict[str, list[str]] | None) -> dict[str, list[str]]:
    """The same without the company's settings: `*` does not speak for them. Raises Invalid where nothing is left."""
    if scopes is None or SETTINGS in scopes:
        raise Invalid({"scopes": [_("Choose what it may do; the settings are not to be had this way.")]})
    return scopes | {SETTINGS: []}


def _check(verb: str, name: str, by: Actor) -> None:
    if verb not in VERBS:
        raise Invalid({"scopes": [_("Choose from: %(verbs)s.") % {"verbs": ", ".join(VERBS)}]})
    if name != "*" and not by.may(verb, name):
        words = {"verb": verb, "name": name}
        raise Invalid({"scopes": [_("You may not %(verb)s %(name)s yourself.") % words]})
