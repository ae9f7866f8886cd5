"""Writes about sharing rules. Who does not see and change every record of a type opens none of it to others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.enums import EDIT, SETTINGS, VIEW
from tenants.identity.models import Role, Team
from tenants.identity.roles.bounds import held
from tenants.identity.roles.matrix import ALL
from tenants.identity.sharing.queries import shareable
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.filters import compile_filter
from tenants.records.models import Rule
from tenants.records.registry import RecordType

LONGEST_NAME = 80
MOST_RULES = 200


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a rule says. Without role and team it is for everybody."""

    name: str
    record_type: str
    filter: Mapping[str, Any]
    role: Role | None = None
    team: Team | None = None
    may_edit: bool = False
    is_active: bool = True


@transaction.atomic
def create_rule(*, terms: Terms, by: Actor) -> Rule:
    """Raises Denied, Invalid."""
    _require(by)
    if Rule.objects.count() >= MOST_RULES:
        raise Invalid({"name": [_("A company has at most %(most)d sharing rules.") % {"most": MOST_RULES}]})
    rule = _written(Rule(), terms, by)
    audit("sharing_rule.created", by=by, subject=rule.name, after=told(rule))
    return rule


@transaction.atomic
def update_rule(*, rule: Rule, terms: Terms, by: Actor) -> Rule:
    """Raises Denied, Invalid."""
    _require(by)
    found = _locked(rule)
    before = told(found)
    found = _written(found, terms, by)
    after = told(found)
    if moved := [name for name in after if before[name] != after[name]]:
        was, now = ({name: one[name] for name in moved} for one in (before, after))
        audit("sharing_rule.changed", by=by, subject=found.name, before=was, after=now)
    return found


@transaction.atomic
def switch_rule(*, rule: Rule, is_active: bool, by: Actor) -> Rule:
    """On or off; a rule that is off opens nothing. Raises Denied, Invalid."""
    return update_rule(rule=rule, terms=terms_of(rule, is_active=is_active), by=by) if is_active else _off(rule, by)


def _off(rule: Rule, by: Actor) -> Rule:
    """What closes records asks no more than the right to change the settings."""
    _require(by)
    found = _locked(rule)
    if found.is_active:
        found.is_active = False
        found.save(update_fields=["is_active", "updated_at"])
        audit("sharing_rule.changed", by=by, subject=found.name, before={"is_active": True}, after={"is_active": False})
    return found


@transaction.atomic
def delete_rule(*, rule: Rule, by: Actor) -> None:
    _require(by)
    found = _locked(rule)
    audit("sharing_rule.deleted", by=by, subject=found.name, before=told(found))
    found.delete()


def terms_of(rule: Rule, **changed: Any) -> Terms:
    names = ("name", "record_type", "filter", "role", "team", "may_edit", "is_active")
    return Terms(**{name: getattr(rule, name) for name in names} | changed)


def told(rule: Rule) -> dict[str, Any]:
    """A rule in the words of the audit."""
    whom = str(rule.role or rule.team or "everybody")
    return {
        "name": rule.name, "type": rule.record_type, "filter": rule.filter, "for": whom,
        "may_edit": rule.may_edit, "is_active": rule.is_active,
    }  # fmt: skip


def _require(by: Actor) -> None:
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may change what is shared."))


def _locked(rule: Rule) -> Rule:
    return Rule.objects.select_for_update(of=("self",)).select_related("role", "team").get(pk=rule.pk)


def _written(rule: Rule, terms: Terms, by: Actor) -> Rule:
    _check(terms, by)
    for name in ("record_type", "filter", "role", "team", "may_edit", "is_active"):
        setattr(rule, name, getattr(terms, name))
    rule.name = _checked_name(terms.name)
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise Invalid({"name": [_("There is a sharing rule of this name already.")]}) from error
    return rule


def _check(terms: Terms, by: Actor) -> None:
    record_type = next((one for one in shareable() if one.name == terms.record_type), None)
    if not record_type:
        known = ", ".join(one.name for one in shareable())
        raise Invalid({"record_type": [_("Choose from: %(known)s.") % {"known": known}]})
    if terms.role and terms.team:
        raise Invalid({"team": [_("Choose a role or a team, not both.")]})
    if not terms.filter:
        text = _("Give at least one condition. To open every record, let the role see all in its settings.")
        raise Invalid({"filter": [text]})
    compile_filter(terms.filter, record_type, by)
    _check_held(record_type, by, may_edit=terms.may_edit)


def _check_held(record_type: RecordType, by: Actor, *, may_edit: bool) -> None:
    what = {"what": record_type.label.lower()}
    if held(by, record_type.name, VIEW) != ALL:
        raise Invalid({"record_type": [_("You do not see all %(what)s yourself, so you cannot open them.") % what]})
    if may_edit and held(by, record_type.name, EDIT) != ALL:
        raise Invalid({"may_edit": [_("You may not change all %(what)s yourself.") % what]})


def _checked_name(name: str) -> str:
    text = " ".join(name.replace("\x00", "").split())
    if not text or len(text) > LONGEST_NAME:
        raise Invalid({"name": [_("Write a name of at most %(most)d characters.") % {"most": LONGEST_NAME}]})
    return text
