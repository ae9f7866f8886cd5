"""Writes about roles. The owner's is what it is; nobody gives more than they hold."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.enums import OWNER, SETTINGS
from tenants.identity.models import MailDomain, Role, ScimClient, SignInPolicy, SsoConnection, User
from tenants.identity.roles import fields, matrix
from tenants.identity.roles.bounds import refuse_beyond, refuse_role
from tenants.identity.roles.matrix import Access, access_of, kept
from tenants.identity.roles.queries import is_built_in, uses_of
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid

LONGEST_NAME = 60
MOST_ROLES = 100


@transaction.atomic
def create_role(*, name: str, access: Access, by: Actor) -> Role:
    """Raises Denied, Invalid."""
    _require(by)
    access = checked(access)
    refuse_beyond(access, by)
    if Role.objects.count() >= MOST_ROLES:
        raise Invalid({"name": [_("A company has at most %(most)d roles.") % {"most": MOST_ROLES}]})
    name = _checked_name(name)
    role = _saved(Role(name=name, slug=_slug(name), **kept(access)))
    audit("role.created", by=by, subject=role.name, after=told(access))
    return role


@transaction.atomic
def copy_role(*, role: Role, name: str, by: Actor) -> Role:
    """Another role that says the same. Raises Denied, Invalid."""
    return create_role(name=name, access=access_of(role), by=by)


@transaction.atomic
def update_role(*, role: Role, by: Actor, name: str | None = None, access: Access | None = None) -> Role:
    """Counts at once, for everybody who has it. Raises Denied, Invalid."""
    _require(by)
    found = Role.objects.select_for_update().get(pk=role.pk)
    if found.slug == OWNER:
        raise Denied(_("The owner's role may everything, and stays as it is."))
    before, before_name = access_of(found), found.name
    after = checked(access) if access else before
    refuse_beyond(after, by, before)
    _keep_the_way_back(found, after, by)
    found.name = _checked_name(name) if name is not None else found.name
    for column, value in kept(after).items():
        setattr(found, column, value)
    _saved(found)
    was, now = told(before) | {"name": before_name}, told(after) | {"name": found.name}
    moved = [one for one in {**was, **now} if was.get(one) != now.get(one)]
    if moved:
        changes = {"before": {one: was.get(one) for one in moved}, "after": {one: now.get(one) for one in moved}}
        audit("role.changed", by=by, subject=found.name, **changes)
    return found


@transaction.atomic
def delete_role(*, role: Role, by: Actor, to: Role | None = None) -> None:
    """Its people, and the ways of coming in that give it, get the role `to`. Raises Denied, Conflict, Invalid."""
    _require(by)
    found = Role.objects.select_for_update().get(pk=role.pk)
    if is_built_in(found):
        raise Conflict(_("The roles every company starts with can be changed, but not deleted."))
    uses = uses_of(found)
    if uses.needs_another and to is None:
        raise Invalid({"to": [_("People have this role: choose the role they get.")]})
    if to is not None:
        _check_successor(found, to, by)
    moved = list(found.users.order_by("email").values_list("email", flat=True))
    _hand_on(found, to)
    before = told(access_of(found)) | {"rules": uses.rules}
    found.delete()
    after = to.slug if to else ""
    audit("role.deleted", by=by, subject=found.name, before=before, people=moved, after=after)


def checked(access: Access) -> Access:
    """The same, fit to be kept. Raises Invalid."""
    records = matrix.checked(access.records)
    return replace(access, records=records, fields=fields.checked(access.fields, records))


def told(access: Access) -> dict[str, Any]:
    """Each thing a role says in a line of its own, so that the audit can name what moved."""
    found: dict[str, Any] = {
        f"{name}.{verb}": far for name, cells in access.records.items() for verb, far in cells.items()
    }
    found |= {f"{name}.{field}": limit for name, rules in access.fields.items() for field, limit in rules.items()}
    return found | {"settings": access.settings, "shares_views": access.shares_views}


def _require(by: Actor) -> None:
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may change roles."))


def _keep_the_way_back(role: Role, after: Access, by: Actor) -> None:
    is_own = by.user_id and User.objects.filter(pk=by.user_id, role=role).exists()
    if is_own and not after.settings:
        raise Invalid({"settings": [_("You would lock yourself out of the settings. Ask an owner to do this.")]})


def _check_successor(role: Role, to: Role, by: Actor) -> None:
    if to.pk == role.pk or to.slug == OWNER:
        raise Invalid({"to": [_("Choose another role than this one and the owner's.")]})
    refuse_role(to, by)


def _hand_on(role: Role, to: Role | None) -> None:
    """Whatever names the role names the other one now; without another, nothing does."""
    if to is not None:
        role.users.update(role=to)
        SsoConnection.objects.filter(default_role=role).update(default_role=to)
        ScimClient.objects.filter(default_role=role).update(default_role=to)
        MailDomain.objects.filter(joins_as=role).update(joins_as=to)
    for connection in SsoConnection.objects.filter(role_map__isnull=False):
        _rename(connection, "role_map", role, to)
    for client in ScimClient.objects.all():
        _rename(client, "role_groups", role, to)
    for policy in SignInPolicy.objects.filter(second_factor_roles__contains=[role.slug]):
        others = [slug for slug in policy.second_factor_roles if slug != role.slug]
        policy.second_factor_roles = list(dict.fromkeys([*others, *([to.slug] if to else [])]))
        policy.save(update_fields=["second_factor_roles", "updated_at"])


def _rename(row: Any, column: str, role: Role, to: Role | None) -> None:
    pairs = getattr(row, column)
    if not any(slug == role.slug for _told, slug in pairs):
        return
    renamed = [[told, to.slug if to and slug == role.slug else slug] for told, slug in pairs]
    setattr(row, column, [pair for pair in renamed if pair[1] != role.slug])
    row.save(update_fields=[column, "updated_at"])


def _slug(name: str) -> str:
    base = slugify(name)[:30] or "role"
    return base if not Role.objects.filter(slug=base).exists() else f"{base}-{uuid4().hex[:8]}"


def _checked_name(name: str) -> str:
    text = " ".join(name.replace("\x00", "").split())
    if not text or len(text) > LONGEST_NAME:
        raise Invalid({"name": [_("Write a name of at most %(most)d characters.") % {"most": LONGEST_NAME}]})
    return text


def _saved(role: Role) -> Role:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as error:
        raise Invalid({"name": [_("There is a role of this name already.")]}) from error
    return role


def access_from(given: Mapping[str, Any], start: Access) -> Access:
    """What was sent over what there was: a table or rules that are sent replace those there are."""
    return replace(start, **{name: value for name, value in given.items() if value is not None})
