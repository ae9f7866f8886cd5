"""Roles in the settings: the list, the editor, copying and deleting."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from tenants.identity.access import may_manage
from tenants.identity.enums import OWNER
from tenants.identity.forms import ActionForm
from tenants.identity.models import Role
from tenants.identity.roles import actions, queries
from tenants.identity.roles.matrix import Access, access_of, presets
from tenants.identity.roles.showing import fields_shown, ladder, matrix_shown, words_of
from tenants.identity.settings_tabs import settings_tabs
from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.kernel.web import dialog_done, wants_part

BLANK = "sales-rep"
"""The preset a new role begins with."""
MOST_NAMES = 5_000


class SuccessorForm(ActionForm):
    to = forms.ModelChoiceField(
        Role.objects.none(), to_field_name="slug", label=gettext_lazy("Its people become"), required=False,
        empty_label=gettext_lazy("Choose a role"),
    )  # fmt: skip

    def __init__(self, data: Any, *, role: Role) -> None:
        super().__init__(data)
        choice: Any = self.fields["to"]
        choice.queryset = queries.successors(role)


@require_GET
@may_manage
def listing(request: HttpRequest) -> HttpResponse:
    rows = [_row(one) for one in queries.roles()]
    return render(request, "identity/roles/list.html", {"rows": rows, "tabs": settings_tabs(request)})


def _row(role: Role) -> dict[str, Any]:
    access = access_of(role)
    return {
        "role": role, "words": words_of(access), "is_owner": role.slug == OWNER,
        "is_built_in": queries.is_built_in(role), "own_rows": len(access.records) - 1,
        "field_rules": sum(len(one) for one in access.fields.values()),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest) -> HttpResponse:
    """`from` is the role it begins as a copy of."""
    if request.method == "POST":
        return _save(request, None)
    source = _source(request.GET.get("from", ""))
    name = _("Copy of %(name)s") % {"name": source} if source else ""
    access = access_of(source) if source else Access(records=presets()[BLANK][1])
    return _draw(request, None, name[: actions.LONGEST_NAME], access)


def _source(text: str) -> Role | None:
    try:
        return queries.role_by_id(UUID(text)) if text else None
    except ValueError as error:
        raise NotFound("There is no such role.") from error


@require_http_methods(["GET", "POST"])
@may_manage
def edit(request: HttpRequest, role_id: UUID) -> HttpResponse:
    found = queries.role_by_id(role_id)
    return _save(request, found) if request.method == "POST" else _draw(request, found, found.name, access_of(found))


def _save(request: HttpRequest, role: Role | None) -> HttpResponse:
    name, access = request.POST.get("name", ""), sent_access(request.POST)
    try:
        if role is None:
            role = actions.create_role(name=name, access=access, by=context.actor())
        else:
            role = actions.update_role(role=role, name=name, access=access, by=context.actor())
    except Invalid as error:
        return _draw(request, role, name, access, error.errors)
    messages.success(request, _("The role %(name)s is saved and counts from now on.") % {"name": role})
    return redirect("roles")


@require_GET
@may_manage
def matrix(request: HttpRequest) -> HttpResponse:
    """The table anew, filled by a preset; nothing is kept yet."""
    found = presets().get(request.GET.get("preset", ""))
    if not found:
        raise NotFound("There is no such preset.")
    values = {"rows": matrix_shown(found[1], context.actor(), {}), "presets": _presets()}
    return render(request, "identity/roles/_matrix.html", values)


@require_http_methods(["GET", "POST"])
@may_manage
def delete(request: HttpRequest, role_id: UUID) -> HttpResponse:
    """Asks where its people go, if it has any."""
    found = queries.role_by_id(role_id)
    form = SuccessorForm(request.POST or None, role=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.delete_role(role=found, to=form.cleaned_data["to"], by=context.actor())
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("The role %(name)s is gone.") % {"name": found})
            return dialog_done(reverse("roles")) if wants_part(request) else redirect("roles")
    values = {"role": found, "form": form, "uses": queries.uses_of(found), "tabs": settings_tabs(request)}
    template = "identity/roles/delete.html#dialog" if wants_part(request) else "identity/roles/delete.html"
    return render(request, template, values, status=422 if form.errors else 200)


def sent_access(data: QueryDict) -> Access:
    """What the editor sent: `named` rows with `records.<type>.<verb>`, and `fields.<type>.<field>`."""
    records: dict[str, dict[str, str]] = {name: {} for name in ("*", *data.getlist("named"))}
    fields: dict[str, dict[str, str]] = {}
    for key in list(data)[:MOST_NAMES]:
        kind, _dot, rest = key.partition(".")
        if kind == "records" and rest.rpartition(".")[0] in records:
            name, _dot, verb = rest.rpartition(".")
            records[name][verb] = str(data[key])
        elif kind == "fields" and data[key]:
            name, _dot, field = rest.partition(".")
            fields.setdefault(name, {})[field] = str(data[key])
    return Access(records=records, fields=fields, settings="settings" in data, shares_views="shares_views" in data)


def _presets() -> list[tuple[str, str]]:
    return [(slug, name) for slug, (name, _table) in presets().items()]


def _draw(
    request: HttpRequest, role: Role | None, name: str, access: Access, errors: dict[str, list[str]] | None = None
) -> HttpResponse:
    errors = errors or {}
    actor = context.actor()
    values = {
        "role": role, "name": name, "access": access, "errors": errors, "is_owner": bool(role and role.slug == OWNER),
        "rows": matrix_shown(access.records, actor, errors), "types": fields_shown(access, errors),
        "presets": _presets(), "size": getattr(role, "size", 0), "tabs": settings_tabs(request), "ladder": ladder(),
    }  # fmt: skip
    return render(request, "identity/roles/edit.html", values, status=422 if errors else 200)
