"""Nobody, and no key or app, gives away more than it holds."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from tenants.identity.enums import OWNER
from tenants.identity.errors import MoreThanHeld
from tenants.identity.models import Role, User
from tenants.kernel.actors import Actor, covers
from tenants.kernel.permits import FieldLimit, Permit, Reach

WIDTHS: Final = {Reach.OWN: 0, Reach.TEAM: 1, Reach.ALL: 2}
STRICTNESS: Final = {None: 0, FieldLimit.READ_ONLY: 1, FieldLimit.HIDDEN: 2}


def owns(by: Actor) -> bool:
    """Whether an owner acts: one in person, or by a key that may all its owner may."""
    owners = User.objects.filter(pk=by.user_id or "", role__slug=OWNER, is_active=True)
    return by.scopes is None and bool(by.user_id) and owners.exists()


def require_holding(by: Actor, role: Role | None) -> None:
    """Raise MoreThanHeld unless whoever acts may all the role may, as far, in as many fields."""
    if by.kind == "robot" or role is None:
        return
    if not covers(by.grants, role.as_grants) or not _reaches_as_far(by.permit, role) or not _sees_as_much(by, role):
        raise MoreThanHeld(
            _("You may not give the role %(role)s: it may more than you.") % {"role": role}, field="role"
        )


def _reaches_as_far(permit: Permit, role: Role) -> bool:
    theirs = Permit(reaches=role.reaches)
    named = {*permit.reaches, *role.reaches, *role.grants, "*"}
    verbs = {verb for said in permit.reaches.values() for verb in said}
    return all(
        WIDTHS[Reach(theirs.reach(verb, name))] <= WIDTHS[Reach(permit.reach(verb, name))]
        for name in named
        for verb in verbs
        if _grants(role, verb, name)
    )


def _grants(role: Role, verb: str, name: str) -> bool:
    return Actor(kind="user", grants=role.as_grants).may(verb, name)


def _sees_as_much(by: Actor, role: Role) -> bool:
    """What is limited for the one who acts is limited as strictly in the role."""
    limits: Mapping[str, Mapping[str, Any]] = role.field_rules
    return all(
        STRICTNESS[FieldLimit(found) if (found := limits.get(name, {}).get(field)) else None] >= STRICTNESS[limit]
        for name, fields in by.permit.fields.items()
        for field, limit in fields.items()
    )
