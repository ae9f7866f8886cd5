"""Numbered pages for the lists of the portal and the control panel."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50


def page_of(request: HttpRequest, rows: "QuerySet[Any]", *, size: int = PAGE_SIZE) -> tuple[Page[Any], dict[str, str]]:
    """The page that `?page=` asks for, and what <c-list-foot> says about it."""
    paginator = Paginator(rows, size)
    page = paginator.get_page(request.GET.get("page"))
    foot = {
        "previous": _link(request, page.previous_page_number()) if page.has_previous() else "",
        "next": _link(request, page.next_page_number()) if page.has_next() else "",
        "place": f"{page.start_index()}–{page.end_index()}" if paginator.num_pages > 1 else "",
        "total": str(paginator.count),
    }
    return page, foot


def _link(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


def tabs_of(
    request: HttpRequest, name: str, choices: list[tuple[str, str]], counts: dict[str, int], all_label: str
) -> list[dict[str, Any]]:
    """Tabs that filter a list by one field, with how many rows stand behind each."""
    chosen = request.GET.get(name, "")
    tabs = [("", all_label, sum(counts.values())), *((value, label, counts.get(value, 0)) for value, label in choices)]
    return [
        {"label": label, "count": count, "is_active": value == chosen, "url": _tab_url(request, name, value)}
        for value, label, count in tabs
    ]


def _tab_url(request: HttpRequest, name: str, value: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query[name] = value
    return f"?{query.urlencode()}" if value or len(query) > 1 else request.path
