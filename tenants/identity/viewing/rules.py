"""Who may see the company as whom."""

from typing import Final

from django.utils.translation import gettext as _

from tenants.identity.enums import OWNER, SETTINGS
from tenants.identity.errors import OwnersOnly
from tenants.identity.keys import VERBS
from tenants.identity.models import User
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, NotFound
from tenants.kernel.permits import FieldLimit, Permit, Reach
from tenants.records.registry import record_types

VIEW_AS: Final = "view_as"
"""The grant, on the settings."""


def may_begin(actor: Actor) -> bool:
    """Whether the actor may view as anybody at all."""
    return actor.kind == "user" and actor.may(VIEW_AS, SETTINGS)


def check_view_as(viewer: User, seen: User) -> None:
    """Raise unless this person may see the company as that one: nobody gains rights by it."""
    if not may_begin(viewer.actor):
        raise Denied(_("Only owners, and who was granted it, may view as somebody else."))
    if viewer.pk == seen.pk:
        raise Conflict(_("This is what you see already."))
    if not seen.is_active:
        raise NotFound(_("Nobody like that works here."))
    if _is_owner(viewer):
        return
    if _is_owner(seen):
        raise OwnersOnly(_("Only an owner may view as an owner."))
    if not has_all_of(viewer.actor.permit, seen.actor):
        raise Denied(_("%(name)s may more than you: nobody gains rights by viewing as.") % {"name": seen})


def _is_owner(user: User) -> bool:
    return bool(user.role and user.role.slug == OWNER)


def has_all_of(mine: Permit, theirs: Actor) -> bool:
    """Whether one's own role opens all that theirs opens. Who reaches less than every record sees other
    records than they do, so only reaching all counts."""
    names = {SETTINGS, "notes", "files", "*", *theirs.grants, *(one.name for one in record_types())}
    return all(_verbs_within(mine, theirs, name) and _fields_within(mine, theirs, name) for name in names)


def _verbs_within(mine: Permit, theirs: Actor, name: str) -> bool:
    granted = theirs.grants.get(name, theirs.grants.get("*", frozenset()))
    own = mine.granted(name)
    if "*" not in own and not granted <= own:
        return False
    return all(mine.reach(verb, name) is Reach.ALL for verb in VERBS if {verb, "*"} & granted)


def _fields_within(mine: Permit, theirs: Actor, name: str) -> bool:
    """What is hidden from me is hidden from them; what I only read they do not write."""
    said = theirs.permit.limits(name)
    own = mine.own_fields.get(name, {})
    return all(
        said.get(field) is FieldLimit.HIDDEN or (limit is FieldLimit.READ_ONLY and said.get(field) is limit)
        for field, limit in own.items()
    )
