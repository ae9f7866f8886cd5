"""What can be done to any company: its profile, the rights of its role."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.directory.actions import update_company_profile
from tenants.directory.models import Company
from tenants.fleet import pool
from tenants.fleet.commands.registry import Argument, Done, FleetCommand, Values, register
from tenants.fleet.models import Schema as Row
from tenants.fleet.models import Template
from tenants.fleet.upgrading.drift import differences
from tenants.kernel import context


def _wrong() -> list[Any]:
    """Rights that are not as the template gives them, in the company we are in."""
    name = context.place().schema
    with context.public():
        template = Template.objects.filter(fingerprint__in=Row.objects.filter(name=name).values("fingerprint")).first()
        found = differences(template, [name]).get(name, []) if template else []
    return [one for one in found if one[0] in ("rights", "schema")]


def _repair(values: Values) -> Done:
    wrong = _wrong()
    name = context.place().schema
    tables = [table for kind, table, *_rest in wrong if kind == "rights"]
    if not wrong:
        return Done()
    with context.public():
        pool.renew_rights(name, tables)
    return Done(told=_("Rights on %(tables)s") % {"tables": ", ".join(tables) or name}, what={"tables": tables})


register(
    FleetCommand(
        name="repair-rights",
        label=gettext_lazy("Repair rights"),
        text=gettext_lazy("Gives the role of each company just the rights that a new company’s role has."),
        apply=_repair,
        is_for_agencies=False,
    )
)


SETTINGS = {
    "language": gettext_lazy("Language"),
    "time_zone": gettext_lazy("Time zone"),
    "currency": gettext_lazy("Currency"),
}


def _set(values: Values) -> Done:
    name, value = values["setting"], values["value"]
    before = _profile()
    if before[name] == value:
        return Done()
    _write({name: value})
    told = _("%(setting)s: %(before)s, now %(after)s")
    words = {"setting": SETTINGS[name], "before": before[name], "after": value}
    return Done(told=told % words, what={name: before[name]})


def _profile() -> dict[str, str]:
    company_id = context.company_id()
    with context.public():
        company = Company.objects.get(pk=company_id)
        return {name: str(getattr(company, name)) for name in ("name", *SETTINGS)}


def _write(changed: dict[str, Any]) -> None:
    update_company_profile(company_id=context.company_id(), **(_profile() | changed))


register(
    FleetCommand(
        name="set-profile",
        label=gettext_lazy("Set language, time zone or currency"),
        text=gettext_lazy("One line of the companies’ profile. What has been recorded keeps its currency."),
        arguments=(
            Argument("setting", gettext_lazy("Setting"), choices=SETTINGS.items),
            Argument("value", gettext_lazy("Value"), gettext_lazy("Like bg, Europe/Sofia or EUR.")),
        ),
        apply=_set,
        revert=_write,
    )
)
