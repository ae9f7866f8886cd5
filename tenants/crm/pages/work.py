"""Reminders of a task, the team's feed, org charts, figures."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.crm import figures
from tenants.crm.actions import set_reminders
from tenants.crm.enums import TaskStatus
from tenants.crm.feed import Asked, Line, colleagues, feed
from tenants.crm.forms import ReminderForm
from tenants.crm.hierarchy import MOST_PEOPLE, account_tree, org_chart
from tenants.crm.models import Task
from tenants.crm.pages.answers import dialog
from tenants.kernel import context
from tenants.kernel.errors import Denied, NotFound
from tenants.kernel.web import toast, wants_part
from tenants.records.actions import update_record
from tenants.records.locale import company_currency, money
from tenants.records.queries import record_for, require, visible_to
from tenants.records.registry import record_types, type_named
from tenants.records.timeline import by_day

PERIODS = (
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (365, gettext_lazy("A year")),
    (1825, gettext_lazy("5 years")),
)


@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest, task_id: UUID) -> HttpResponse:
    actor = context.actor()
    require(actor, "edit", "tasks")
    task: Task = record_for(actor, type_named("tasks"), task_id)
    now = list(task.reminders.all())
    moments = [one.remind_at for one in now if one.minutes_before is None]
    start = {
        "before": [str(one.minutes_before) for one in now if one.minutes_before is not None],
        "at": moments[0] if moments else None,
    }
    form = ReminderForm(request.POST or None, initial=start)

    def act(values: dict[str, Any]) -> str:
        whens = [int(minutes) for minutes in values["before"]]
        set_reminders(task=task, whens=[*whens, *([values["at"]] if values["at"] else []), *moments[1:]], by=actor)
        return _("Saved.")

    title = _("Reminders of %(name)s") % {"name": task}
    return dialog(request, form, act, title=title, back=type_named("tasks").url_of(task))


@require_POST
def done(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Mark a task as completed from where it is told of: a button of a notification."""
    actor = context.actor()
    task: Task = record_for(actor, type_named("tasks"), task_id)
    update_record(record=task, values={"status": TaskStatus.COMPLETED.value}, by=actor)
    words = _("%(task)s is done.") % {"task": task}
    if wants_part(request):
        return toast(HttpResponse(status=204), words)
    messages.success(request, words)
    return HttpResponseRedirect(type_named("tasks").url_of(task))


@require_GET
def team_feed(request: HttpRequest) -> HttpResponse:
    """What the team has been doing; older lines are fetched below."""
    actor = context.actor()
    if not actor.user_id:
        raise Denied(_("Sign in first."))
    asked = Asked(
        user_id=_uuid(request.GET.get("user", "")), type_name=request.GET.get("type", ""),
        action=request.GET.get("action", ""), after=request.GET.get("after", ""),
    )  # fmt: skip
    page = feed(actor, asked)
    lines: dict[Any, Line] = {line.change.pk: line for line in page.lines}
    days = by_day([line.entry for line in page.lines])
    kept = {name: request.GET[name] for name in ("user", "type", "action") if request.GET.get(name)}
    values = {
        "days": [(day.label, [lines[entry.id] for entry in day.entries]) for day in days],
        "next_url": f"?{urlencode(kept | {'after': page.next})}" if page.next else "",
        "people": colleagues(), "types": [one for one in record_types() if actor.may("view", one.name)],
        "actions": [("created", _("Created")), ("updated", _("Changed")), ("deleted", _("Deleted")),
                    ("restored", _("Restored")), ("converted", _("Converted"))],
        "asked": asked, "is_narrowed": bool(kept),
    }  # fmt: skip
    part = "#lines" if wants_part(request) and asked.after else ""
    return render(request, f"crm/feed.html{part}", values)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound(_("There is no such colleague.")) from error


@require_GET
def chart(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Who reports to whom at an account, and where it stands in its group."""
    actor = context.actor()
    accounts = type_named("accounts")
    account = record_for(actor, accounts, account_id)
    people = visible_to(actor, type_named("contacts")).filter(account=account).select_related(None)[:MOST_PEOPLE]
    above, below = account_tree(account, visible_to(actor, accounts).select_related(None))
    values = {
        "account": account, "url": accounts.url_of(account), "tops": org_chart(people),
        "above": [(row, accounts.url_of(row)) for row in above],
        "below": [(row, accounts.url_of(row)) for row in below],
    }  # fmt: skip
    return render(request, "crm/org_chart.html", values)


@require_GET
def pipeline_figures(request: HttpRequest) -> HttpResponse:
    """CRM-25 and CRM-14 on one page."""
    actor = context.actor()
    require(actor, "view", "deals")
    pipelines = list(visible_to(actor, type_named("pipelines")).order_by("-is_default", "position", "name"))
    wanted = request.GET.get("pipeline", "")
    chosen = next((row for row in pipelines if str(row.pk) == wanted), None) if wanted else pipelines[0]
    if chosen is None:
        raise NotFound(_("There is no such pipeline."))
    days = next((days for days, _label in PERIODS if str(days) == request.GET.get("days")), figures.PERIOD_DAYS)
    found = figures.pipeline_figures(actor=actor, pipeline=chosen, days=days)
    values = {
        "figures": found, "pipelines": pipelines, "periods": PERIODS, "days": days, "tiles": _tiles(found),
        "others": [_sums(one) for one in found.sums if one.currency != company_currency()],
        "sources": [(one, _money_words(one.won_sums)) for one in figures.source_figures(actor=actor, days=days)],
        "most": max((one.open_count for one in found.stages), default=0),
    }  # fmt: skip
    return render(request, "crm/figures.html", values)


def _tiles(found: figures.PipelineFigures) -> list[dict[str, Any]]:
    """What leads the page, in the company's own currency."""
    own = next((one for one in found.sums if one.currency == company_currency()), figures.Sums(company_currency()))
    code = own.currency
    cycle = _("%(n)s days") % {"n": found.average_cycle_days} if found.average_cycle_days is not None else "—"
    velocity = money(Decimal(round(own.velocity_a_day)), code) if own.velocity_a_day is not None else "—"
    win_rate = f"{found.win_rate}%" if found.win_rate is not None else "—"
    gone = {"won": found.won_count, "lost": found.lost_count, "abandoned": found.abandoned_count}
    deals = _("%(n)d open deals") % {"n": found.open_count}
    closed = _("%(won)d won, %(lost)d lost, %(abandoned)d abandoned") % gone
    rows = [
        (_("Open pipeline"), money(own.open_total, code), deals),
        (_("Weighted"), money(Decimal(round(own.open_weighted)), code), _("by probability")),
        (_("Won"), money(own.won_total, code), closed),
        (
            _("Average won deal"),
            money(Decimal(round(own.won_average)), code),
            _("in %(currency)s") % {"currency": code},
        ),
        (_("Win rate"), win_rate, _("of all that were closed")),
        (_("Average cycle"), cycle, _("from first day to won")),
        (_("Velocity"), velocity, _("comes in a day at this pace")),
    ]
    return [{"label": label, "value": value, "note": note} for label, value, note in rows]


def _sums(one: figures.Sums) -> dict[str, str]:
    return {
        "currency": one.currency, "open": money(one.open_total, one.currency),
        "weighted": money(one.open_weighted, one.currency), "won": money(one.won_total, one.currency),
    }  # fmt: skip


def _money_words(sums: dict[str, Any]) -> str:
    order = sorted(sums, key=lambda code: (code != company_currency(), code))
    return " + ".join(money(sums[code], code) for code in order)
