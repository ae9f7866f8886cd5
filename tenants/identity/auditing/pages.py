"""The audit of the company: read, filtered, checked, taken along."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tenants.identity.access import may_manage
from tenants.identity.auditing import queries, words
from tenants.identity.auditing.exporting import export_audit
from tenants.identity.auditing.verifying import verify
from tenants.identity.queries import everybody
from tenants.identity.settings_tabs import settings_tabs
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.exporting.writers import ENDINGS

SHOWN_FINDINGS = 5


@require_GET
@may_manage
def listing(request: HttpRequest) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    try:
        asked = queries.asked_for(request.GET)
    except Invalid as error:
        asked, errors = queries.Asked(), error.errors
    rows = queries.entries(asked, actor=context.actor())
    found, more = queries.page_of(rows, before=_number(request.GET.get("before", "")))
    values = {
        "tabs": settings_tabs(request), "lines": [_line(entry) for entry in found], "asked": asked, "errors": errors,
        "people": [("", _("Everybody")), *((str(one.pk), str(one)) for one in everybody())],
        "families": [("", _("Everything")), *words.FAMILIES.items()],
        "next": _query(request, before=more) if more else "", "is_first": "before" not in request.GET,
        "newest": _query(request), "export": _query(request),
    }  # fmt: skip
    return render(request, "identity/audit.html", values, status=422 if errors else 200)


@require_GET
@may_manage
def export(request: HttpRequest, file_format: str) -> HttpResponse:
    actor = context.actor()
    rows = queries.entries(queries.asked_for(request.GET), actor=actor)
    file = export_audit(rows, file_format=file_format, by=actor)
    name = f"audit-{timezone.localdate():%Y-%m-%d}.{file_format}"
    answer: Any = FileResponse(file, as_attachment=True, filename=name, content_type=ENDINGS[file_format])
    return answer  # type: ignore[no-any-return]  # a FileResponse is none of HttpResponse


@require_POST
@may_manage
def verification(request: HttpRequest) -> HttpResponse:
    """Walk along the chain now and say what was found."""
    report = verify()
    if report.holds:
        text = ngettext(
            "The one entry is as it was written.", "All %(n)d entries are as they were written.", report.count
        )
        messages.success(request, text % {"n": report.count})
    for finding in report.findings[:SHOWN_FINDINGS]:
        messages.error(request, _("The audit does not hold: %(what)s.") % {"what": finding})
    return redirect("audit")


def _line(entry: Any) -> dict[str, Any]:
    return {"entry": entry, "text": words.action_text(entry), "details": words.details_text(entry)}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _query(request: HttpRequest, **more: Any) -> str:
    """The filter that is on, as a query string."""
    kept = QueryDict(mutable=True)
    for name in ("who", "what", "since", "until", "about"):
        if value := request.GET.get(name):
            kept[name] = value
    kept.update({name: str(value) for name, value in more.items()})
    return f"?{kept.urlencode()}"
