"""The dialog that shares a record."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.web import toast
from tenants.records.editing.widgets import Picker
from tenants.records.queries import record_for
from tenants.records.registry import RecordType
from tenants.records.sharing.actions import share_record, unshare_record
from tenants.records.sharing.queries import offers, require_share, share_here, shares_of, short_of

HOW = (("", gettext_lazy("may look")), ("edit", gettext_lazy("may edit")))


@require_http_methods(["GET", "POST"])
def shares(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """GET: who has it by share. POST: one more, or another how far; the dialog stays open."""
    found = record_for(context.actor(), record_type, record_id)
    require_share(context.actor(), found)
    if request.method == "GET":
        return _draw(request, record_type, found)
    try:
        kind, target = _chosen(request.POST.get("with", ""))
        may_edit = request.POST.get("how") == "edit"
        share, _is_new = share_record(record=found, **{kind: target}, may_edit=may_edit, by=context.actor())
    except (Invalid, Conflict) as error:
        words = next(iter(error.errors.values()))[0] if isinstance(error, Invalid) else f"{error.detail} {error.fix}"
        return _draw(request, record_type, found, error=words, status=422)
    text = _("Shared with %(name)s.") % {"name": share.user or share.team}
    return toast(_draw(request, record_type, found), text, events=("timeline:refresh",))


def _chosen(text: str) -> tuple[str, UUID]:
    """`user:<id>` or `team:<id>` of the picker. Raises Invalid."""
    kind, _sign, value = text.partition(":")
    try:
        return {"user": "user_id", "team": "team_id"}[kind], UUID(value)
    except (KeyError, ValueError) as error:
        raise Invalid({"with": [_("Choose a person or a team from the list.")]}) from error


def _draw(
    request: HttpRequest, record_type: RecordType, record: Any, *, error: str = "", status: int = 200
) -> HttpResponse:
    at = [record_type, record.pk]
    form = forms.Form(auto_id="share_%s")
    picker = Picker(url=reverse("records:share-options", args=at))
    form.fields["with"] = forms.CharField(label=_("Person or team"), widget=picker)
    form.fields["how"] = forms.ChoiceField(label=_("How far"), choices=HOW, required=False)
    lines = [(share, short_of(share, record_type)) for share in shares_of(record)]
    values = {"type": record_type, "record": record, "form": form, "lines": lines, "error": error}
    return render(request, "sharing/dialog.html", values, status=status)


@require_POST
def removal(request: HttpRequest, record_type: RecordType, record_id: UUID, share_id: UUID) -> HttpResponse:
    found = record_for(context.actor(), record_type, record_id)
    share = share_here(found, share_id)
    unshare_record(record=found, share=share, by=context.actor())
    text = _("No longer shared with %(name)s.") % {"name": share.user or share.team}
    return toast(_draw(request, record_type, found), text, events=("timeline:refresh",))


@require_GET
def options(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """People and teams for the picker."""
    require_share(context.actor(), record_for(context.actor(), record_type, record_id))
    text = request.GET.get("q", "")[:200].replace("\x00", "").strip()
    return render(request, "sharing/_options.html", {"offers": offers(context.actor(), text), "text": text})
