"""Sharing rules in the settings: the list, the dialog with the filter of lists, on and off, deleting."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity.access import may_manage
from tenants.identity.forms import role_choices
from tenants.identity.models import Role, Team
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.sharing import actions, queries
from tenants.identity.sharing.actions import Terms, terms_of
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done, wants_part
from tenants.records.filters import parse_filter
from tenants.records.layouts.asking import choosable, group_of
from tenants.records.layouts.wording import Reader
from tenants.records.locale import number
from tenants.records.models import Rule
from tenants.records.registry import RecordType, record_types

EVERYBODY = "everybody"


@require_GET
@may_manage
def listing(request: HttpRequest) -> HttpResponse:
    found = list(queries.rules())
    numbers, types = queries.counts(found, context.actor()), {one.name: one for one in record_types()}
    rows = [
        {"rule": one, "type": types.get(one.record_type), "words": _words(one, types), "opens": numbers[one.pk]}
        for one in found
    ]
    return render(request, "identity/sharing/list.html", {"rows": rows, "tabs": settings_tabs(request)})


def _words(rule: Rule, types: dict[str, RecordType]) -> str:
    record_type = types.get(rule.record_type)
    return Reader(record_type, rule.filter).sentence(rule.filter) if record_type else rule.record_type


@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest) -> HttpResponse:
    """`record_type` chooses what it is about; what was typed so far comes along."""
    if request.method == "POST":
        return _save(request, None)
    wanted = request.GET.get("record_type", "")
    name = wanted if wanted in [one.name for one in queries.shareable()] else queries.shareable()[0].name
    terms = Terms(name=request.GET.get("name", ""), record_type=name, filter={},
                  may_edit=request.GET.get("may_edit") == "1")  # fmt: skip
    return _draw(request, None, terms, request.GET.get("whom", EVERYBODY))


@require_http_methods(["GET", "POST"])
@may_manage
def edit(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    found = queries.rule_by_id(rule_id)
    return _save(request, found) if request.method == "POST" else _draw(request, found, terms_of(found), _whom(found))


def _whom(rule: Rule) -> str:
    if rule.role:
        return f"role:{rule.role.slug}"
    return f"team:{rule.team_id}" if rule.team_id else EVERYBODY


def _save(request: HttpRequest, rule: Rule | None) -> HttpResponse:
    data = request.POST
    name = rule.record_type if rule else data.get("record_type", "")
    terms = Terms(name=data.get("name", ""), record_type=name, filter={}, may_edit=data.get("may_edit") == "1",
                  is_active=rule.is_active if rule else True)  # fmt: skip
    try:
        terms = Terms(
            **{**terms.__dict__, "filter": parse_filter(data.get("tree", "")), **_chosen(data.get("whom", ""))}
        )
        if rule:
            actions.update_rule(rule=rule, terms=terms, by=context.actor())
        else:
            actions.create_rule(terms=terms, by=context.actor())
    except Invalid as error:
        return _draw(request, rule, terms, data.get("whom", EVERYBODY), error.errors)
    return _done(request, _("The rule “%(name)s” counts from now on.") % {"name": terms.name})


def _chosen(whom: str) -> dict[str, Any]:
    """The role or team of `role:<slug>` and `team:<id>`."""
    kind, _colon, value = whom.partition(":")
    if whom == EVERYBODY:
        return {}
    roles, teams = {one.slug: one for one in Role.objects.all()}, {str(one.pk): one for one in Team.objects.all()}
    found: Any = roles.get(value) if kind == "role" else teams.get(value) if kind == "team" else None
    if not found:
        raise Invalid({"whom": [_("Choose who it is for.")]})
    return {kind: found}


@require_POST
@may_manage
def count(request: HttpRequest) -> HttpResponse:
    """How many records the filter of the dialog would open."""
    record_type = next((one for one in queries.shareable() if one.name == request.POST.get("record_type")), None)
    try:
        tree = parse_filter(request.POST.get("tree", ""))
        found = queries.number_open(record_type, tree, context.actor()) if record_type and tree else None
    except Invalid as error:
        return _counted(request, next(iter(error.errors.values()))[0], is_wrong=True)
    if found is None or record_type is None:
        return _counted(request, _("Give at least one condition."), is_wrong=True)
    what = record_type.singular if found == 1 else record_type.label.lower()
    words = ngettext("It opens %(n)s %(what)s now.", "It opens %(n)s %(what)s now.", found)
    return _counted(request, words % {"n": number(found), "what": what})


def _counted(request: HttpRequest, words: str, *, is_wrong: bool = False) -> HttpResponse:
    return render(request, "identity/sharing/_count.html", {"words": words, "is_wrong": is_wrong})


@require_POST
@may_manage
def switch(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    found = queries.rule_by_id(rule_id)
    try:
        found = actions.switch_rule(rule=found, is_active=bool(request.POST.get("on")), by=context.actor())
    except Invalid as error:
        messages.error(request, next(iter(error.errors.values()))[0])
        return dialog_done(reverse("sharing-rules")) if wants_part(request) else redirect("sharing-rules")
    words = _("“%(name)s” is on.") if found.is_active else _("“%(name)s” is off and opens nothing.")
    return _done(request, words % {"name": found.name})


@require_POST
@may_manage
def delete(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    found = queries.rule_by_id(rule_id)
    actions.delete_rule(rule=found, by=context.actor())
    return _done(request, _("The rule “%(name)s” is gone; what it opened is closed.") % {"name": found.name})


def _draw(
    request: HttpRequest, rule: Rule | None, terms: Terms, whom: str, errors: dict[str, list[str]] | None = None
) -> HttpResponse:
    errors = errors or {}
    types = queries.shareable()
    record_type = next((one for one in types if one.name == terms.record_type), types[0])
    teams = [(f"team:{pk}", name) for pk, name in Team.objects.values_list("pk", "name")]
    values = {
        "rule": rule, "terms": terms, "whom": whom, "type": record_type, "types": types, "errors": errors,
        "teams": teams,
        "roles": [(f"role:{slug}", name) for slug, name in role_choices() if slug != "owner"],
        "group": group_of(record_type, terms.filter, errors), "sections": list(choosable(record_type)),
        "general": _general(errors), "action_url": request.path, "tabs": settings_tabs(request),
        "accesses": [("", _("See")), ("1", _("See and change"))],
    }  # fmt: skip
    template = "identity/sharing/edit.html#dialog" if wants_part(request) else "identity/sharing/edit.html"
    return render(request, template, values, status=422 if errors else 200)


def _general(errors: dict[str, list[str]]) -> list[str]:
    """What no input of the dialog shows by itself; faults of conditions stand at their rows."""
    shown = ("name", "whom")
    found = [
        text for name, texts in errors.items() if name not in shown and not name.startswith("filter.") for text in texts
    ]
    has_rows = any(name.startswith("filter.") for name in errors)
    return [*found, *([_("Some conditions need another look.")] if has_rows else [])]


def _done(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return dialog_done(reverse("sharing-rules")) if wants_part(request) else redirect("sharing-rules")
