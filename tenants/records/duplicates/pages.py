"""The queue of pairs that may be one: side by side, one after the other, by mouse or by keys."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Denied, NotFound
from tenants.kernel.web import wants_part
from tenants.records.duplicates.actions import decide, start_scan
from tenants.records.duplicates.queries import Couple, counts_for, couples, pair_for
from tenants.records.duplicates.words import reasons_text
from tenants.records.enums import PairState
from tenants.records.jobs.pages import started
from tenants.records.merging.choices import lines_of
from tenants.records.queries import with_links
from tenants.records.registry import RecordType, type_named


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The likeliest pair of a type that nobody has decided about, behind `after`."""
    actor = context.actor()
    counts = counts_for(actor)
    if not counts:
        raise Denied(_("There are no records of yours to compare."))
    record_type = _chosen(request, counts)
    after = request.GET.get("after", "")
    found, more = couples(actor, record_type, after=after, limit=1)
    values: dict[str, Any] = {
        "counts": counts, "type": record_type, "waiting": dict(counts)[record_type], "is_later": bool(after),
        "may_merge": actor.may("edit", record_type.name) and actor.may("delete", record_type.name),
        "may_edit": actor.may("edit", record_type.name),
    }  # fmt: skip
    if found:
        values |= _compared(record_type, found[0], more)
    return render(request, "duplicates/queue.html", values)


def _chosen(request: HttpRequest, counts: list[tuple[RecordType, int]]) -> RecordType:
    """The type asked for; without one, the first that has pairs."""
    if name := request.GET.get("type", ""):
        found = next((one for one, _count in counts if one.name == name), None)
        if not found:
            raise NotFound
        return found
    return next((one for one, count in counts if count), counts[0][0])


def _compared(record_type: RecordType, couple: Couple, more: str | None) -> dict[str, Any]:
    records = [couple.left, couple.right]
    with_links(record_type, records)
    url = reverse("records:duplicates")
    back = f"{url}?{urlencode({'type': record_type.name})}"
    ids = [("ids", couple.left.pk), ("ids", couple.right.pk), ("back", back)]
    return {
        "pair": couple.pair, "records": records, "reasons": reasons_text(couple.pair.reasons),
        "lines": lines_of(record_type, records, couple.left),
        "merge_url": f"{reverse('records:merge', args=[record_type])}?{urlencode(ids)}",
        "skip_url": f"{url}?{urlencode({'type': record_type.name, 'after': more})}" if more else "",
    }  # fmt: skip


@require_POST
def scan(request: HttpRequest) -> HttpResponse:
    job = start_scan(record_type=type_named(request.POST.get("type", "")), by=context.actor())
    return started(job) if wants_part(request) else HttpResponseRedirect(reverse("records:job", args=[job.pk]))


@require_POST
def dismissal(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Not the same: the pair leaves the queue and no scan brings it back."""
    actor = context.actor()
    pair = decide(pair=pair_for(actor, pair_id), state=PairState.DISMISSED, by=actor)
    undo = reverse("records:duplicates-reopening", args=[pair_id])
    messages.success(request, _("They are not the same. You will not be asked again."), extra_tags=undo)
    return _on(request, pair.record_type)


@require_POST
def reopening(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    actor = context.actor()
    return _on(request, decide(pair=pair_for(actor, pair_id), state=PairState.OPEN, by=actor).record_type)


def _on(request: HttpRequest, name: str) -> HttpResponse:
    url = f"{reverse('records:duplicates')}?{urlencode({'type': name})}"
    if wants_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
