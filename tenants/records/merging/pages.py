"""The page that compares records and merges them, and the page of a merge."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.web import wants_part
from tenants.records.bulk.selection import checked_ids
from tenants.records.merging.actions import Wish, merge_for, merge_records, records_to_merge, require_merging
from tenants.records.merging.choices import best_kept, chosen_fields, lines_of
from tenants.records.merging.links import counts_of
from tenants.records.merging.queries import merges_for, moved_counts
from tenants.records.merging.undoing import Report, undo_merge
from tenants.records.models import Merge
from tenants.records.queries import visible_to, with_links
from tenants.records.registry import RecordType, type_named

MERGES = 30


@require_GET
def from_bar(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The bar of a list opens dialogs; merging needs a page."""
    require_merging(context.actor(), record_type)
    url = f"{reverse('records:merge', args=[record_type])}?{request.GET.urlencode()}"
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if wants_part(request) else HttpResponseRedirect(url)


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Compare on GET; `keep` in the query proposes anew. Merge on POST."""
    actor = context.actor()
    ids = [UUID(one) for one in checked_ids(request.GET.getlist("ids"), "ids")]
    records = records_to_merge(record_type, ids, actor)
    with_links(record_type, records)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            made = merge_records(record_type=record_type, ids=ids, by=actor, wish=_wish(request, record_type))
        except Invalid as error:
            errors = error.errors
        else:
            return _done(request, record_type, made)
    kept = next((one for one in records if str(one.pk) == request.GET.get("keep")), best_kept(records, record_type))
    values = _compared(record_type, records, kept) | {"errors": errors, "query": _query(ids)}
    return render(request, "merging/merge.html", values, status=422 if errors else 200)


def _compared(record_type: RecordType, records: list[Any], kept: Any) -> dict[str, Any]:
    lines = lines_of(record_type, records, kept)
    others = [one.pk for one in records if one.pk != kept.pk]
    tags = list(dict.fromkeys(tag for one in records for tag in one.tags))
    return {
        "type": record_type, "records": records, "kept": kept, "tags": tags, "moves": counts_of(record_type, others),
        "lines": [one for one in lines if not one.is_same], "same": [one for one in lines if one.is_same],
    }  # fmt: skip


def _query(ids: list[UUID]) -> str:
    return "&".join(f"ids={one}" for one in ids)


def _wish(request: HttpRequest, record_type: RecordType) -> Wish:
    sent = request.POST
    take = {name: sent[f"take.{name}"] for name in chosen_fields(record_type) if f"take.{name}" in sent}
    try:
        return Wish(keep=UUID(sent.get("keep", "")), take=take)
    except ValueError as error:
        raise Invalid({"keep": [_("Choose the record that stays.")]}) from error


def _done(request: HttpRequest, record_type: RecordType, made: Merge) -> HttpResponse:
    count = len(made.merged_ids)
    words = ngettext("%(n)s record was merged into this one.", "%(n)s records were merged into this one.", count)
    messages.success(request, words % {"n": count}, extra_tags=reverse("records:merge-undo", args=[made.pk]))
    back = request.GET.get("back", "")
    known = reverse("records:duplicates")
    return HttpResponseRedirect(back if back.startswith(known) else _record_url(record_type, made.kept_id))


def _record_url(record_type: RecordType, record_id: UUID) -> str:
    return reverse("records:record", args=[record_type, record_id])


@require_GET
def merges(request: HttpRequest) -> HttpResponse:
    """All merges, newest first."""
    actor = context.actor()
    if actor.kind == "visitor":
        raise Denied(_("Sign in first."))
    rows = merges_for(actor)
    before = request.GET.get("before", "")
    try:
        rows = rows.filter(id__lt=UUID(before)) if before else rows
    except ValueError:
        before = ""
    found = list(rows[: MERGES + 1])
    titles = _titles(found[:MERGES])
    return render(
        request,
        "merging/list.html",
        {
            "rows": [(one, type_named(one.record_type), titles.get(one.kept_id)) for one in found[:MERGES]],
            "next": found[MERGES - 1].pk if len(found) > MERGES else None,
            "is_later": bool(before),
        },
    )


def _titles(found: list[Merge]) -> dict[UUID, str]:
    """Names of the kept records, one query for each type among them."""
    by_type: dict[str, list[UUID]] = {}
    for one in found:
        by_type.setdefault(one.record_type, []).append(one.kept_id)
    titles: dict[UUID, str] = {}
    for name, ids in by_type.items():
        titles |= {row.pk: str(row) for row in visible_to(context.actor(), type_named(name)).filter(pk__in=ids)}
    return titles


@require_GET
def one(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """What a merge did: which records, what moved, undo."""
    actor = context.actor()
    found = merge_for(actor, merge_id)
    record_type = type_named(found.record_type)
    rows = record_type.model._default_manager.filter(pk__in=[found.kept_id, *found.merged_ids])
    known = {row.pk: row for row in rows}
    return render(
        request,
        "merging/one.html",
        {
            "merge": found, "type": record_type, "kept": known.get(found.kept_id),
            "kept_url": _record_url(record_type, found.kept_id),
            "others": [known[pk] for pk in found.merged_ids if pk in known], "moves": moved_counts(found).items(),
            "can_undo": not found.undone_at and actor.may("delete", record_type.name),
        },
    )  # fmt: skip


@require_POST
def undo(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = merge_for(actor, merge_id)
    report = undo_merge(merge=found, by=actor)
    _tell(request, report)
    url = reverse("records:merged", args=[merge_id])
    return (
        HttpResponse(status=204, headers={"HX-Redirect": url})
        if request.headers.get("HX-Request")
        else (HttpResponseRedirect(url))
    )


def _tell(request: HttpRequest, report: Report) -> None:
    words = ngettext("%(n)s record is back.", "%(n)s records are back.", report.restored) % {"n": report.restored}
    if report.left:
        left = _("Left as it is: %(what)s.") % {"what": "; ".join(report.left[:5])}
        messages.warning(request, f"{words} {left}")
    else:
        messages.success(request, words)
