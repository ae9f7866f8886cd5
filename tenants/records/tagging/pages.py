"""The vocabulary in the settings, and suggestions while somebody types a tag."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.pages.answers import done
from tenants.records.queries import require
from tenants.records.tagging import actions
from tenants.records.tagging.forms import MergeForm, TagForm
from tenants.records.tagging.queries import MOST_SUGGESTED, tag_for, tags_like, usage

MOST_SHOWN = 1000


@require_GET
def options(request: HttpRequest) -> JsonResponse:
    """Known tags for what is being typed, and whether a new one may be made."""
    actor = context.actor()
    require(actor, "view", "tags")
    found = tags_like(request.GET.get("q", "")[:60])[:MOST_SUGGESTED]
    items = [{"name": tag.name, "tone": tag.tone} for tag in found]
    return JsonResponse({"items": items, "may_create": actor.may("create", "tags")})


@require_GET
def tags(request: HttpRequest) -> HttpResponse:
    require(context.actor(), "edit", "settings")
    counts, text = usage(), request.GET.get("q", "")[:60]
    rows = [(tag, counts[tag.name]) for tag in tags_like(text)[:MOST_SHOWN]]
    return render(request, "tags/tags.html", {"rows": rows, "text": text})


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    require(context.actor(), "edit", "settings")
    form = TagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_tag(**form.cleaned_data, by=context.actor())
            return _done(request, _("The tag “%(name)s” is there.") % {"name": made})
        except Invalid as refusal:
            form.refuse(refusal)
    return _dialog(request, form, _("New tag"))


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, tag_id: UUID) -> HttpResponse:
    require(context.actor(), "edit", "settings")
    found = tag_for(tag_id)
    form = TagForm(request.POST or None, initial={"name": found.name, "tone": found.tone})
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.update_tag(tag=found, **form.cleaned_data, by=context.actor())
            return _done(request, _("“%(name)s” is saved, on every record.") % {"name": changed})
        except Invalid as refusal:
            form.refuse(refusal)
    return _dialog(request, form, _("Tag “%(name)s”") % {"name": found})


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, tag_id: UUID) -> HttpResponse:
    require(context.actor(), "edit", "settings")
    found = tag_for(tag_id)
    form = MergeForm(request.POST or None, besides=found)
    if request.method == "POST" and form.is_valid():
        kept = actions.merge_tags(kept=form.cleaned_data["kept"], merged=[found], by=context.actor())
        return _done(request, _("“%(gone)s” is now “%(kept)s”, on every record.") % {"gone": found, "kept": kept})
    return _dialog(request, form, _("Merge “%(name)s”") % {"name": found}, _("Merge"))


@require_POST
def delete(request: HttpRequest, tag_id: UUID) -> HttpResponse:
    found = tag_for(tag_id)
    actions.delete_tag(tag=found, by=context.actor())
    return _done(request, _("“%(name)s” is gone from every record.") % {"name": found})


def _dialog(request: HttpRequest, form: TagForm, title: str, submit: str = "") -> HttpResponse:
    values = {"form": form, "title": title, "submit": submit or _("Save"), "action_url": request.path}
    return render(request, "tags/_dialog.html", values, status=422 if form.errors else 200)


def _done(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return done(request, reverse("records:tags"))
