"""Pages of the time machine: a record and its moments, a list as of a moment, the whole company."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.kernel.web import wants_part
from tenants.records.jobs.words import done_text, tone
from tenants.records.locale import moment, number
from tenants.records.models import Job
from tenants.records.pages.answers import done
from tenants.records.past.actions import Restored, require_rewinding, restore_record_as_of, start_rewind
from tenants.records.past.forms import MomentForm, RewindForm, quick_moments
from tenants.records.past.preview import Preview
from tenants.records.past.queries import Moment, compared, moments_of, record_as_of, record_today
from tenants.records.past.reading import moment_asked
from tenants.records.past.wording import shown_parts
from tenants.records.queries import require
from tenants.records.registry import RecordType


@require_GET
def record(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """A record at a moment beside today's; htmx asks for the part that a moment changes."""
    actor = context.actor()
    now = record_today(actor, record_type, record_id)
    moments = moments_of(record_type, record_id)
    at = moment_asked(request.GET["at"], "at") if request.GET.get("at") else _first(moments, now)
    then = _then(record_type, record_id, at)
    may_edit = actor.may("edit", record_type.name) and (not now.deleted_at or actor.may("delete", record_type.name))
    lines = compared(record_type, then, now, may_edit=may_edit) if then else []
    values = {
        "type": record_type, "record": now, "then": then, "at": at, "when": moment(at), "lines": lines,
        "differing": sum(one.differs for one in lines), "returning": sum(one.can_return for one in lines),
        "moments": moments, "chosen": next((one.at for one in moments if one.at <= at), None),
    }  # fmt: skip
    template = "past/record.html#then" if wants_part(request, of="past") else "past/record.html"
    return render(request, template, values)


def _first(moments: list[Moment], now: Any) -> datetime:
    """Right before the last change: what people come to look for."""
    at: datetime = moments[1].at if len(moments) > 1 else moments[0].at if moments else now.created_at
    return at


def _then(record_type: RecordType, record_id: UUID, at: datetime) -> Any:
    """The record as it was; None where it was not there at the moment."""
    try:
        return record_as_of(record_type, record_id, at, context.actor())
    except NotFound:
        return None


@require_POST
def restore(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """Bring back the chosen fields, or all that differ (`all`). The toast undoes it."""
    actor = context.actor()
    sent = {**request.GET.dict(), **request.POST.dict()}
    names = request.POST.getlist("names") or request.GET.getlist("names")
    at = moment_asked(sent.get("at", ""), "at")
    was_binned = bool(record_today(actor, record_type, record_id).deleted_at)
    if not names and "all" not in sent:
        messages.warning(request, _("Choose at least one field to bring back."))
        asked = urlencode({"at": at.isoformat()})
        return done(request, f"{reverse('records:past', args=[record_type, record_id])}?{asked}")
    restored = restore_record_as_of(
        record_type=record_type, record_id=record_id, at=at, by=actor,
        names=None if "all" in sent else names,
    )  # fmt: skip
    _tell(request, record_type, restored, was_binned)
    return done(request, record_type.url_of(restored.record))


def _tell(request: HttpRequest, record_type: RecordType, restored: Restored, was_binned: bool) -> None:
    found = restored.record
    undo = reverse("records:delete", args=[record_type, found.pk])
    if not was_binned:
        asked = [("at", restored.before.isoformat()), *(("names", name) for name in restored.names)]
        undo = f"{reverse('records:past-restore', args=[record_type, found.pk])}?{urlencode(asked)}"
    if not restored.names and not was_binned:
        messages.info(request, _("%(name)s is like that already.") % {"name": found})
    else:
        fields = ", ".join(record_type.fields[name].label for name in restored.names)
        words = _("%(name)s is as it was: %(fields)s.") if fields else _("%(name)s is back.")
        messages.success(request, words % {"name": found, "fields": fields}, extra_tags=undo)
    if restored.left:
        labels = ", ".join(record_type.fields[name].label for name in restored.left)
        messages.warning(request, _("Left as they are, since these values are no longer allowed: %s.") % labels)


@require_GET
def choose(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The dialog that asks as of when a list is to be shown."""
    require(context.actor(), "view", record_type.name)
    asked = [(name, value) for name, value in request.GET.items() if name not in ("as_of", "after", "before")]
    form = MomentForm(initial={"as_of": quick_moments()[1][1]})
    quick = [
        (label, f"{record_type.list_url}?{urlencode([*asked, ('as_of', at.isoformat(timespec='seconds'))])}")
        for label, at in quick_moments()
    ]
    return render(request, "past/_choose.html", {"type": record_type, "form": form, "asked": asked, "quick": quick})


@require_http_methods(["GET", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """The whole company: choose a moment, see what would happen, let it happen."""
    actor = context.actor()
    require_rewinding(actor)
    data = request.POST if request.method == "POST" else request.GET if "at" in request.GET else None
    form = RewindForm(data, by=actor)
    values: dict[str, Any] = {"form": form, "quick": quick_moments()}
    if data is None or not form.is_valid():
        return render(request, "past/company.html", values, status=422 if form.errors else 200)
    if request.method == "POST":
        try:
            return _started(request, start_rewind(wish=form.wish, by=actor))
        except Invalid as refusal:
            form.add_error(None, next(iter(refusal.errors.values()))[0])
    preview = Preview.of(form.wish, actor)
    values |= {
        "preview": preview, "parts": shown_parts(preview), "when": moment(form.wish.at), "total": number(preview.total),
        "asked": [(name, value) for name in form.fields for value in data.getlist(name) if value],
    }  # fmt: skip
    return render(request, "past/company.html", values, status=422 if form.errors else 200)


def _started(request: HttpRequest, job: Job) -> HttpResponse:
    if job.is_over:
        level = messages.success if tone(job) == "good" else messages.warning
        undo = reverse("records:job-undo", args=[job.pk]) if job.done else ""
        level(request, done_text(job), extra_tags=undo)
    return HttpResponseRedirect(f"{reverse('records:job', args=[job.pk])}{'' if job.is_over else '?started=1'}")
