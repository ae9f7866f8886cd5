"""Settings, Fields: what each record type holds, and the company's own additions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import wants_part
from tenants.records.custom import actions
from tenants.records.custom.forms import FieldForm
from tenants.records.custom.making import KINDS
from tenants.records.custom.queries import definition_for, definitions_of
from tenants.records.models import CustomField
from tenants.records.pages.answers import done
from tenants.records.queries import require
from tenants.records.registry import RecordType, record_types, type_named

FIRST = "contacts"


@require_GET
def fields(request: HttpRequest) -> HttpResponse:
    require(context.actor(), "edit", "settings")
    chosen = _chosen(request)
    own = list(definitions_of(chosen))
    return render(
        request,
        "custom/fields.html",
        {
            "type": chosen,
            "types": [found for found in record_types() if found.form],
            "own": [(one, KINDS[one.kind][0]) for one in own if not one.retired_at],
            "retired": [one for one in own if one.retired_at],
            "ours": [(one, _kind(one.kind)) for one in chosen.own_fields.values()],
        },
    )


def _kind(kind: str) -> Any:
    return KINDS[kind][0] if kind in KINDS else kind.replace("_", " ").capitalize()


def _chosen(request: HttpRequest) -> RecordType:
    known = [found.name for found in record_types()]
    return type_named(request.GET.get("type") or (FIRST if FIRST in known else known[0]))


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """The dialog asks again when another kind is chosen: each kind has its own questions."""
    require(context.actor(), "edit", "settings")
    chosen = _chosen(request)
    asked = request.POST if request.method == "POST" else request.GET
    form = FieldForm(request.POST or None, kind=asked.get("kind", ""))
    if request.method == "GET":
        form.initial.update({name: value for name, value in request.GET.items() if name in form.fields})
    if request.method == "POST" and form.is_valid():
        values = form.values | {"kind": form.chosen_kind}
        try:
            made = actions.create_custom_field(record_type=chosen, by=context.actor(), **values)
            return _done(request, made, _("The field “%(name)s” is there."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _dialog(request, form, _("New field for %(type)s") % {"type": chosen.label.lower()})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, field_id: UUID) -> HttpResponse:
    require(context.actor(), "edit", "settings")
    found = definition_for(field_id)
    form = FieldForm(request.POST or None, field=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_custom_field(field=found, by=context.actor(), **form.values)
            return _done(request, found, _("“%(name)s” was changed."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _dialog(request, form, _("Change “%(name)s”") % {"name": found})


def _dialog(request: HttpRequest, form: FieldForm, title: str) -> HttpResponse:
    template = "custom/field.html#dialog" if wants_part(request) else "custom/field.html"
    values = {"form": form, "title": title, "action_url": request.get_full_path()}
    return render(request, template, values, status=422 if form.errors else 200)


def _done(request: HttpRequest, field: CustomField, text: str) -> HttpResponse:
    messages.success(request, text % {"name": field})
    return done(request, f"{reverse('records:own-fields')}?type={field.record_type}")


@require_POST
def retire(request: HttpRequest, field_id: UUID) -> HttpResponse:
    found = definition_for(field_id)
    actions.retire_custom_field(field=found, by=context.actor())
    undo = reverse("records:own-field-revival", args=[field_id])
    messages.success(request, _("“%(name)s” is out of sight.") % {"name": found}, extra_tags=undo)
    return done(request, f"{reverse('records:own-fields')}?type={found.record_type}")


@require_POST
def revive(request: HttpRequest, field_id: UUID) -> HttpResponse:
    found = definition_for(field_id)
    actions.revive_custom_field(field=found, by=context.actor())
    return _done(request, found, _("“%(name)s” is back, with its values."))


@require_POST
def move(request: HttpRequest, field_id: UUID) -> HttpResponse:
    """One place up or down."""
    found = definition_for(field_id)
    record_type = type_named(found.record_type)
    keys = [one.key for one in definitions_of(record_type, with_retired=False)]
    if found.key in keys:
        index = keys.index(found.key)
        keys.insert(max(0, index + (-1 if request.GET.get("to") == "up" else 1)), keys.pop(index))
        actions.order_custom_fields(record_type=record_type, keys=keys, by=context.actor())
    return done(request, f"{reverse('records:own-fields')}?type={found.record_type}")
