"""The palette, the page of results, and what people look for."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.enums import SearchDoor
from tenants.records.registry import type_named
from tenants.records.search import figures
from tenants.records.search.answers import Answer, search
from tenants.records.search.finding import MOST_COUNTED, searchable
from tenants.records.search.palette import actions, viewed

MOST_TEXT = 200
PALETTE_HITS = 5
PAGE_HITS = 25
MOST_PAGES = 20


def _reader() -> Actor:
    """Whoever asks. Raises Denied for visitors, who are sent to sign in."""
    actor = context.actor()
    if actor.kind == "visitor":
        raise Denied
    return actor


@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """The palette's list. Without a text: what was searched and seen lately, what can be done, where to go."""
    actor = _reader()
    text = request.GET.get("q", "").strip()[:MOST_TEXT]
    values: dict[str, Any] = {"text": text, "actions": actions(actor, request.GET.get("at", ""), text)}
    if text:
        answer, error = _answered(actor, text, [], PALETTE_HITS)
        values |= {"answer": answer, "groups": drawn(answer), "error": error, "results_url": results_url(text)}
    else:
        recent = [(said, results_url(said)) for said in figures.recent_searches(actor)]
        values |= {"recent": recent, "viewed": [one_drawn(hit) for hit in viewed(actor, request.GET.get("viewed", ""))]}
    return render(request, "search/palette.html", values)


def _answered(actor: Actor, text: str, types: list[str], limit: int) -> tuple[Answer | None, str]:
    """The answer, or why there is none."""
    try:
        return search(actor, text, types=types, limit=limit), ""
    except Invalid as refusal:
        return None, next(iter(refusal.errors.values()))[0]


def results_url(text: str, **more: Any) -> str:
    return f"{reverse('records:search')}?{urlencode({'q': text} | {k: v for k, v in more.items() if v})}"


def drawn(answer: Answer | None) -> list[dict[str, Any]]:
    """The groups as templates draw them."""
    return [
        {"type": group.record_type, "hits": [one_drawn(hit) for hit in group.hits]}
        for group in (answer.groups if answer else ())
    ]


def one_drawn(hit: Any) -> dict[str, Any]:
    record_type = type_named(hit.record_type)
    url = reverse("records:record", args=[hit.record_type, hit.record_id])
    return {"hit": hit, "type": record_type, "url": url, "title": hit.title or _("Untitled"), "subtitle": hit.subtitle}


@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """All results: the best of each type, or one type page by page."""
    actor = _reader()
    text, chosen = request.GET.get("q", "").strip()[:MOST_TEXT], request.GET.get("type", "")
    known = {found.name: found for found in searchable(actor)}
    chosen = chosen if chosen in known else ""
    number = _page_number(request.GET.get("page", ""))
    limit = number * PAGE_HITS + 1 if chosen else PALETTE_HITS
    answer, error = _answered(actor, text, [], PALETTE_HITS) if text else (None, "")
    counts = answer.counts(actor) if answer else {}
    if chosen and answer:
        answer, error = _answered(actor, text, [chosen], limit)
    groups = drawn(answer)
    if answer and not request.GET.get("page"):
        figures.note_search(text=text, found=sum(counts.values()), door=SearchDoor.PAGE, by=actor)
    values = {
        "text": text, "error": error, "answer": answer, "counts": counts, "chosen": known.get(chosen),
        "tabs_of_types": _tabs(text, known, counts, chosen), "groups": groups, "recent": _recent(actor, text),
    }  # fmt: skip
    return render(request, "search/results.html", values | (_paged(groups, text, chosen, number) if chosen else {}))


def _recent(actor: Actor, text: str) -> list[tuple[str, str]]:
    return [] if text else [(said, results_url(said)) for said in figures.recent_searches(actor)]


def _page_number(raw: str) -> int:
    return min(max(int(raw), 1), MOST_PAGES) if raw.isascii() and raw.isdecimal() and len(raw) < 4 else 1


def _tabs(text: str, known: dict[str, Any], counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    """“All”, then the types that have something, with how many."""
    shown = [{"label": _("All"), "count": "", "url": results_url(text), "is_active": not chosen}]
    for name, record_type in known.items():
        if name in counts or name == chosen:
            count = counts.get(name, 0)
            said = f"{MOST_COUNTED}+" if count >= MOST_COUNTED else str(count)
            url = results_url(text, type=name)
            shown.append({"label": record_type.label, "count": said, "url": url, "is_active": name == chosen})
    return shown


def _paged(groups: list[dict[str, Any]], text: str, chosen: str, number: int) -> dict[str, Any]:
    """One page of a type's hits, cut from those up to here."""
    hits = groups[0]["hits"] if groups else []
    page = hits[(number - 1) * PAGE_HITS : number * PAGE_HITS]
    has_more = len(hits) > number * PAGE_HITS and number < MOST_PAGES
    return {
        "groups": [groups[0] | {"hits": page}] if page else [],
        "previous_url": results_url(text, type=chosen, page=number - 1) if number > 1 else "",
        "next_url": results_url(text, type=chosen, page=number + 1) if has_more else "",
    }


@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """The browser says that somebody finished searching, and what they opened."""
    found, picked = request.POST.get("found", ""), request.POST.get("picked", "")
    name, _slash, record_id = picked.partition("/")
    figures.note_search(
        text=request.POST.get("q", ""), found=int(found) if found.isascii() and found.isdecimal() else 0,
        door=SearchDoor.PALETTE, by=_reader(), picked_type=name, picked_id=_uuid(record_id),
    )  # fmt: skip
    return HttpResponse(status=204)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """The reader's recent searches are no longer theirs."""
    figures.forget_recent(by=_reader())
    return HttpResponse(status=204, headers={"HX-Trigger": "palette:again"})


@require_GET
def figures_page(request: HttpRequest) -> HttpResponse:
    """What people look for, and what finds nothing."""
    figures.require_figures(_reader())
    days = figures.days_of(request.GET.get("days"))
    pages = Paginator(list(figures.terms(days, most=200)), 25)
    values = {
        "days": days, "choices": [(7, _("7 days")), (30, _("30 days")), (90, _("90 days"))],
        "totals": figures.totals(days), "nothing": figures.terms(days, only_nothing=True, most=25),
        "page": pages.get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "search/figures.html", values)
