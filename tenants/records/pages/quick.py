"""The quick form of a card: what changes most, in a small dialog."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import toast
from tenants.records import actions
from tenants.records.editing.forms import RecordForm
from tenants.records.pages.lists import is_editable
from tenants.records.queries import record_for, require
from tenants.records.registry import RecordType


@require_http_methods(["GET", "POST"])
def edit_card(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """The quick form of a card: the fields a board shows, in a small dialog."""
    actor = context.actor()
    require(actor, "edit", record_type.name)
    found = record_for(actor, record_type, record_id)
    names = quick_names(record_type)
    form = RecordForm(record_type, request.POST or None, record=found, names=names)
    if request.method == "POST":
        try:
            actions.update_record(record=found, values=form.values, by=actor)
        except Invalid as error:
            form.refuse(error)
        else:
            answer = toast(HttpResponse(status=204), _("Saved."))
            told = json.loads(answer["HX-Trigger"]) | {"dialog:close": True, "listing:refresh": True}
            answer["HX-Trigger"] = json.dumps(told)
            return answer
    values = {"type": record_type, "form": form, "title": str(found), "action_url": request.get_full_path(),
              "record": found}  # fmt: skip
    return render(request, "records/_card_form.html", values, status=422 if form.errors else 200)


@require_POST
def drop(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """A card dropped on the bin, and with `back` out of it again; the board stays."""
    actor = context.actor()
    if "back" in request.GET:
        found = actions.bin_record_for(actor, record_type, record_id)
        actions.restore_record(record=found, by=actor)
        answer = toast(HttpResponse(status=204), _("%(name)s is back.") % {"name": found})
    else:
        found = record_for(actor, record_type, record_id)
        actions.delete_record(record=found, by=actor)
        undo_url = f"{request.path}?back=1"
        answer = toast(HttpResponse(status=204), _("%(name)s is in the bin.") % {"name": found}, undo_url=undo_url)
    answer["HX-Trigger"] = json.dumps(json.loads(answer["HX-Trigger"]) | {"listing:refresh": True})
    return answer


def quick_names(record_type: RecordType) -> tuple[str, ...]:
    """What is changed most: the name, what cards show, the owner."""
    title = record_type.title if record_type.title in record_type.writable else ""
    wanted = dict.fromkeys([title, *(record_type.card_fields or record_type.columns[:6]), "owner"])
    return tuple(
        name for name in wanted if name in record_type.writable and is_editable(record_type, record_type.fields[name])
    )
