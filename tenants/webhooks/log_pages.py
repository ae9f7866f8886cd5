"""The log of webhooks: what was sent where, what came of it, sending again."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity.access import may_manage
from tenants.identity.oauth.drawing import draw
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done, wants_part
from tenants.webhooks import queries, resending
from tenants.webhooks.enums import DeliveryState
from tenants.webhooks.errors import NothingToSend
from tenants.webhooks.events import offered
from tenants.webhooks.forms import ResendForm
from tenants.webhooks.models import Endpoint
from tenants.webhooks.queries import Asked
from tenants.webhooks.showing import headers_shown, pretty

PAGE = 50
TONES = {DeliveryState.SUCCEEDED: "good", DeliveryState.FAILED: "bad", DeliveryState.WAITING: "warn"}


@require_GET
@may_manage
def listing(request: HttpRequest) -> HttpResponse:
    """Of all endpoints, or of one."""
    try:
        wanted = UUID(request.GET.get("endpoint", ""))
    except ValueError:
        wanted = None
    endpoint = queries.endpoints().filter(pk=wanted).first() if wanted else None
    names = [("", _("All")), *((str(one.pk), one.name) for one in queries.endpoints())]
    return draw(request, "webhooks/log.html", {**log_values(request, endpoint=endpoint), "names": names})


def log_values(request: HttpRequest, *, endpoint: Endpoint | None = None) -> dict[str, Any]:
    """What a page with the log shows: its filter, its rows, and where the next begin."""
    given = {name: request.GET.get(name, "") for name in ("state", "event", "since", "until")}
    given["state"] = given["state"] if given["state"] in DeliveryState.values else ""
    asked = Asked(
        endpoint=endpoint.pk if endpoint else None, state=given["state"], event=given["event"][:60],
        since=_moment(given["since"]), until=_moment(given["until"], is_end=True),
    )  # fmt: skip
    try:
        rows, following = queries.page_of(queries.deliveries(asked), after=request.GET.get("after", ""), limit=PAGE)
    except Invalid:
        rows, following = queries.page_of(queries.deliveries(asked), after="", limit=PAGE)
    kept = {name: value for name, value in given.items() if value}
    if endpoint:
        kept["endpoint"] = str(endpoint.pk)
    return {
        "deliveries": [(one, TONES.get(DeliveryState(one.state), "")) for one in rows], "given": given,
        "next": f"?{urlencode(kept | {'after': following})}" if following else "",
        "is_first": "after" not in request.GET, "newest": f"?{urlencode(kept)}",
        "is_narrowed": bool(kept.keys() - {"endpoint"}),
        "states": [("", _("All")), *DeliveryState.choices], "chosen_endpoint": str(endpoint.pk) if endpoint else "",
        "names_of_events": [("", _("All")), *((one, one) for one in offered())],
    }  # fmt: skip


def _moment(text: str, *, is_end: bool = False) -> datetime | None:
    """A day in the reader's zone, as the moment it begins or is over; or a moment as it stands."""
    try:
        day = parse_date(text)
        if day:
            return timezone.make_aware(datetime.combine(day + timedelta(days=is_end), time()))
        found = parse_datetime(text)
    except (ValueError, OverflowError):
        return None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found


@require_GET
@may_manage
def delivery(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """With the body, what was sent along, and every try."""
    found = queries.delivery_by_id(delivery_id)
    values = {
        "delivery": found, "endpoint": found.endpoint, "body": pretty(found.body), "headers": headers_shown(found),
        "tries": list(reversed([{**one, "at": parse_datetime(one["at"])} for one in found.tries])),
        "tone": TONES.get(DeliveryState(found.state), ""),
        "may_resend": found.state in (DeliveryState.SUCCEEDED, DeliveryState.FAILED),
    }  # fmt: skip
    return draw(request, "webhooks/delivery.html", values)


@require_POST
@may_manage
def resend(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    try:
        resending.resend_delivery(delivery=queries.delivery_by_id(delivery_id), by=context.actor())
        messages.success(request, _("It is on its way again."))
    except NothingToSend as error:
        messages.error(request, str(error.detail))
    url = reverse("webhooks:delivery", args=[delivery_id])
    return dialog_done(url) if wants_part(request) else redirect(url)


@require_http_methods(["GET", "POST"])
@may_manage
def resend_failed(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """All that failed of an endpoint in a time, in the background."""
    endpoint = queries.endpoint_by_id(endpoint_id)
    form = ResendForm(request.POST or None, initial={"since": timezone.localtime() - timedelta(days=1)})
    if request.method == "POST" and form.is_valid():
        try:
            job = resending.resend_failed(by=context.actor(), endpoint=endpoint, **form.cleaned_data)
            url = reverse("records:job", args=[job.pk])
            return dialog_done(url) if wants_part(request) else redirect(url)
        except Invalid as error:
            form.refuse(error)
    values = {"form": form, "endpoint": endpoint, "action_url": request.path}
    return draw(request, "webhooks/resend.html", values, 422 if form.errors else 200, part="dialog")
