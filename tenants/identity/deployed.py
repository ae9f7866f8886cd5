"""Roles, teams and sharing rules, as a sandbox gives them back. People stay what they are."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tenants.identity.enums import OWNER
from tenants.identity.models import Role, Team
from tenants.identity.roles.actions import create_role, delete_role, update_role
from tenants.identity.roles.matrix import Access, access_of
from tenants.identity.sharing.actions import create_rule, delete_rule, terms_of, update_rule
from tenants.identity.teams import create_team, delete_team, update_team
from tenants.kernel.actors import Actor
from tenants.records.deploying.parts import Part, Values, deployed
from tenants.records.models import Rule

ACCESS = ("records", "settings", "shares_views", "fields")


@deployed
class Roles(Part):
    name, label, order = "roles", _("Roles"), 30

    def rows(self) -> Iterable[Role]:
        return Role.objects.exclude(slug=OWNER)

    def told(self, row: Role) -> Values:
        return {"name": row.name} | asdict(access_of(row))

    def create(self, values: Values, by: Actor) -> Role:
        return create_role(name=values["name"], access=Access(**{name: values[name] for name in ACCESS}), by=by)

    def update(self, row: Role, values: Values, by: Actor) -> Role:
        access = asdict(access_of(row)) | {name: value for name, value in values.items() if name in ACCESS}
        return update_role(role=row, name=values.get("name"), access=Access(**access), by=by)

    def remove(self, row: Role, by: Actor) -> None:
        delete_role(role=row, by=by)


@deployed
class Teams(Part):
    name, label, order = "teams", _("Teams"), 40
    refs: ClassVar[Mapping[str, str]] = {"parent": "teams"}

    def rows(self) -> Iterable[Team]:
        return Team.objects.order_by("created_at")

    def told(self, row: Team) -> Values:
        return {"name": row.name, "parent": str(row.parent_id or "")}

    def create(self, values: Values, by: Actor) -> Team:
        return create_team(name=values["name"], parent=_of(Team, values["parent"]), by=by)

    def update(self, row: Team, values: Values, by: Actor) -> Team:
        told = self.told(row) | values
        return update_team(team=row, name=told["name"], parent=_of(Team, told["parent"]), by=by)

    def remove(self, row: Team, by: Actor) -> None:
        delete_team(team=row, by=by)


@deployed
class SharingRules(Part):
    name, label, order = "sharing_rules", _("Sharing rules"), 60
    refs: ClassVar[Mapping[str, str]] = {"role": "roles", "team": "teams"}
    inside: ClassVar[tuple[str, ...]] = ("filter",)

    def rows(self) -> Iterable[Rule]:
        return Rule.objects.select_related("role", "team")

    def told(self, row: Rule) -> Values:
        same = {name: getattr(row, name) for name in ("name", "record_type", "filter", "may_edit", "is_active")}
        return same | {"role": str(row.role_id or ""), "team": str(row.team_id or "")}

    def create(self, values: Values, by: Actor) -> Rule:
        return create_rule(terms=terms_of(Rule(), **self._given(values)), by=by)

    def update(self, row: Rule, values: Values, by: Actor) -> Rule:
        return update_rule(rule=row, terms=terms_of(row, **self._given(values)), by=by)

    def remove(self, row: Rule, by: Actor) -> None:
        delete_rule(rule=row, by=by)

    def _given(self, values: Values) -> Values:
        found = dict(values)
        for name, model in (("role", Role), ("team", Team)):
            if name in found:
                found[name] = _of(model, found[name])
        return found


def _of(model: Any, key: str) -> Any:
    return model._default_manager.filter(pk=key).first() if key else None
