"""Closing and reopening a deal, its products, its team."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tenants.crm.actions import set_lines, set_team
from tenants.crm.actions.lines import MOST_LINES
from tenants.crm.actions.teams import MOST_SEATS, seats_from
from tenants.crm.enums import DealStatus, SeatRole
from tenants.crm.forms import CloseForm
from tenants.crm.models import Deal
from tenants.crm.pages.answers import dialog, done, draw
from tenants.crm.queries import team_of
from tenants.identity.queries import active_users
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done
from tenants.records.actions import update_record
from tenants.records.queries import record_for, require
from tenants.records.registry import RecordType, type_named

BLANK_ROWS = 3
LINE_FIELDS = ("name", "quantity", "price", "discount")
WORDS = {
    "won": gettext_lazy("%(name)s is won."),
    "lost": gettext_lazy("%(name)s is lost."),
    "abandoned": gettext_lazy("%(name)s is abandoned."),
}


def _deal(deal_id: UUID) -> Deal:
    require(context.actor(), "edit", "deals")
    return record_for(context.actor(), type_named("deals"), deal_id)  # type: ignore[no-any-return]


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Won, lost or abandoned; why, when it was not won."""
    deal = _deal(deal_id)
    form = CloseForm(request.POST or None, initial={"status": request.GET.get("as", "won")})

    def act(values: dict[str, Any]) -> str:
        sent = {"status": values["status"]}
        if values["status"] != DealStatus.WON:
            sent |= {"lost_reason": values["lost_reason"], "lost_note": values["lost_note"]}
        update_record(record=deal, values=sent, by=context.actor())
        return str(WORDS[values["status"]]) % {"name": deal}

    back = type_named("deals").url_of(deal)
    return dialog(request, form, act, title=_("Close %(name)s") % {"name": deal}, back=back, submit=_("Close deal"))


@require_POST
def reopen(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    deal = update_record(record=_deal(deal_id), values={"status": DealStatus.OPEN.value}, by=context.actor())
    messages.success(request, _("%(name)s is open again, in %(stage)s.") % {"name": deal, "stage": deal.stage})
    return dialog_done(type_named("deals").url_of(deal))


@require_http_methods(["GET", "POST"])
def lines(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """The products of a deal as rows; empty rows are passed over."""
    deal = _deal(deal_id)
    title, back = _("Products of %(name)s") % {"name": deal}, type_named("deals").url_of(deal)
    if request.method == "GET":
        rows = [_shown(line) for line in deal.lines.all()]
        return draw(request, "crm/lines_form.html", {"rows": _padded(rows), "title": title, "back": back, "deal": deal})
    rows = _sent(request.POST, LINE_FIELDS, MOST_LINES)
    try:
        set_lines(deal=deal, rows=rows, by=context.actor())
    except Invalid as error:
        values = {"rows": _padded(rows), "title": title, "back": back, "deal": deal, "faults": _faults(error)}
        return draw(request, "crm/lines_form.html", values, status=422)
    return done(request, _("Saved."), back)


def _shown(line: Any) -> dict[str, str]:
    found = {name: f"{getattr(line, name).normalize():f}" for name in LINE_FIELDS[1:]}
    return {"name": line.name} | found


def _padded(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [*rows, *({} for _row in range(BLANK_ROWS))]


def _sent(data: QueryDict, names: tuple[str, ...], most: int) -> list[dict[str, str]]:
    """Rows of equally named inputs. Those with an empty first input are left out."""
    columns = [data.getlist(name) for name in names]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]
    return [row for row in rows if any(value.strip() for value in row.values()) and _is_told(row, names)][: most + 1]


def _is_told(row: dict[str, str], names: tuple[str, ...]) -> bool:
    """A row whose only content is what the form fills in by itself is empty."""
    return bool(row[names[0]].strip()) or (names is LINE_FIELDS and bool(row["price"].strip()))


def _faults(error: Invalid) -> list[str]:
    """Messages with the number of their row, as people count."""
    found = []
    for name, texts in error.errors.items():
        place = name.removeprefix("lines[").split("]")[0]
        row = _("Row %(n)d: ") % {"n": int(place) + 1} if place.isdecimal() else ""
        found += [f"{row}{text}" for text in texts]
    return found


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """Who works on an account or a deal."""
    actor = context.actor()
    require(actor, "edit", record_type.name)
    record = record_for(actor, record_type, record_id)
    title, back = _("Team of %(name)s") % {"name": record}, record_type.url_of(record)
    values = {"title": title, "back": back, "people": list(active_users()), "roles": SeatRole.choices}
    if request.method == "GET":
        rows = [{"user": str(seat.user_id), "role": seat.role} for seat in team_of(record)]
        return draw(request, "crm/team_form.html", values | {"rows": _padded(rows)})
    rows = _sent(request.POST, ("user", "role"), MOST_SEATS)
    try:
        set_team(record=record, seats=seats_from([(_user_id(row["user"]), row["role"]) for row in rows]), by=actor)
    except Invalid as error:
        faults = [text for texts in error.errors.values() for text in texts]
        return draw(request, "crm/team_form.html", values | {"rows": _padded(rows), "faults": faults}, status=422)
    return done(request, _("Saved."), back)


def _user_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid({"user_id": [_("Choose somebody of the list.")]}) from error
