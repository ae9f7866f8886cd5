"""What can be done to the roles of many companies at once."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.fleet.commands.registry import Argument, Done, FleetCommand, Values, register
from tenants.identity.models import Role
from tenants.identity.roles.actions import copy_role, delete_role
from tenants.kernel import context
from tenants.kernel.errors import Invalid


def _has_it(values: Values) -> str:
    return _("The role is there already.") if Role.objects.filter(name__iexact=values["name"]).exists() else ""


def _copy(values: Values) -> Done:
    source = Role.objects.filter(slug=values["like"]).first()
    if not source:
        raise Invalid({"like": [_("There is no role “%(slug)s” here.") % {"slug": values["like"]}]})
    role = copy_role(role=source, name=values["name"], by=context.actor())
    return Done(told=_("Role “%(name)s”") % {"name": role.name}, what={"role": str(role.pk)})


def _delete(what: dict[str, Any]) -> None:
    """Conflict where people have got it meanwhile."""
    role = Role.objects.filter(pk=what["role"]).first()
    if role:
        delete_role(role=role, by=context.actor())


register(
    FleetCommand(
        name="add-role",
        label=gettext_lazy("Add a role"),
        text=gettext_lazy("A role that may what another one may. It can be changed in each company afterwards."),
        arguments=(
            Argument("name", gettext_lazy("Name")),
            Argument("like", gettext_lazy("Like the role"), default="sales-rep"),
        ),
        check=_has_it,
        apply=_copy,
        revert=_delete,
    )
)
