"""What stands beside a record: buttons for what is done next, cards of what belongs to it."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.crm.enums import ActivityType, DealStatus, TaskCategory
from tenants.crm.models import Account, Contact, Deal, Lead, StageVisit, Task
from tenants.crm.queries import team_of
from tenants.crm.visits import visits_of
from tenants.kernel import context
from tenants.kernel.modules import Panel, QuickAction
from tenants.records.locale import day, money
from tenants.records.queries import visible_to
from tenants.records.registry import type_named, type_of

BESIDE = 10
FAMILY = Contact | Account | Deal | Lead


def quick_actions(record: Any) -> Iterable[QuickAction]:
    """The ten of CRM-13 but the call, which telephony brings; and what closes a deal, converts a lead."""
    if isinstance(record, Task):
        yield QuickAction(label=_("Reminders"), icon="bell", url=reverse("crm:reminders", args=[record.pk]), order=10)
        return
    if not isinstance(record, FAMILY):
        return
    yield from _reaching(record)
    yield from _writing(record)
    yield from _deciding(record)


def _reaching(record: Any) -> Iterable[QuickAction]:
    """E-mail and message go to the device's own programs."""
    person = record.contact if isinstance(record, Deal) else record
    email, phone = getattr(person, "email", ""), getattr(person, "phone", "")
    if email and not getattr(person, "do_not_email", False):
        yield QuickAction(label=_("E-mail"), icon="mail", url=f"mailto:{email}", method="link", order=15)
    if phone and not getattr(person, "do_not_call", False):
        url = f"https://wa.me/{phone.removeprefix('+')}"
        yield QuickAction(label=_("WhatsApp"), icon="brand-whatsapp", url=url, method="link", order=70)


def _writing(record: Any) -> Iterable[QuickAction]:
    may = context.actor().may
    if may("create", "notes"):
        yield QuickAction(label=_("Note"), icon="note", url="#note", method="link", order=20)
    if may("create", "activities"):
        yield _activity(record, _("Log"), "activity", 30, ActivityType.PHONE_CALL)
        yield _activity(record, _("Quote"), "file-dollar", 60, ActivityType.QUOTE_SENT, _("Quote sent"))
        yield _activity(record, _("Document"), "file-text", 80, ActivityType.PROPOSAL_SENT, _("Document shared"))
    if may("create", "tasks"):
        meeting = {"category": TaskCategory.MEETING.value, "name": _("Meet %(name)s") % {"name": record}}
        yield QuickAction(
            label=_("Meeting"), icon="calendar", url=create_url("tasks", _about(record) | meeting), order=35
        )
        yield QuickAction(label=_("Task"), icon="checkbox", url=create_url("tasks", _about(record)), order=40)
    if may("create", "deals") and isinstance(record, Contact | Account):
        whose = (
            {"account": record.account_id, "contact": record.pk}
            if isinstance(record, Contact)
            else {"account": record.pk}
        )
        yield QuickAction(label=_("Deal"), icon="briefcase", url=create_url("deals", whose), order=50)


def _activity(record: Any, label: str, icon: str, order: int, kind: ActivityType, subject: str = "") -> QuickAction:
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    values = _about(record) | {"type": kind.value, "subject": subject, "occurred_at": now}
    return QuickAction(label=label, icon=icon, url=create_url("activities", values), order=order)


def _deciding(record: Any) -> Iterable[QuickAction]:
    may = context.actor().may
    if isinstance(record, Deal) and may("edit", "deals"):
        if record.status == DealStatus.OPEN:
            yield QuickAction(label=_("Close"), icon="flag", url=reverse("crm:close", args=[record.pk]), order=90)
        else:
            url = reverse("crm:reopen", args=[record.pk])
            yield QuickAction(label=_("Reopen"), icon="arrow-back-up", url=url, method="post", order=90)
    if isinstance(record, Lead) and not record.converted_at and may("edit", "leads"):
        url = reverse("crm:convert", args=[record.pk])
        yield QuickAction(label=_("Convert"), icon="arrow-right-circle", url=url, order=5)


def _about(record: Any) -> dict[str, Any]:
    found = type_of(record)
    return {"about_type": found.name if found else "", "about_id": record.pk}


def create_url(name: str, values: dict[str, Any]) -> str:
    return f"{reverse('records:create', args=[name])}?{urlencode({k: v for k, v in values.items() if v})}"


def panels(record: Any) -> Iterable[Panel]:
    """People, deals and family of an account; what a deal is about, who works on it and how it went."""
    if isinstance(record, Account):
        yield from _account_panels(record)
    if isinstance(record, Contact):
        yield _panel(_("Deals"), "deals", {"contact": record}, order=20)
        yield _standing(record)
        if record.reports_to:
            yield Panel(label=_("Reports to"), items=[item(record.reports_to)], order=30)
    if isinstance(record, Deal):
        yield from _deal_panels(record)
    if isinstance(record, Contact | Deal) and record.account:
        yield Panel(label=_("Account"), items=[item(record.account)], order=15)
    if isinstance(record, Lead) and record.converted_at:
        made = [row for row in (record.contact, record.account, record.deal) if row]
        yield Panel(label=_("Became"), items=[item(row) for row in made], order=10)


def _account_panels(account: Account) -> Iterable[Panel]:
    yield _panel(_("People"), "contacts", {"account": account}, order=10, more=_chart(account))
    yield _panel(_("Deals"), "deals", {"account": account}, order=20)
    yield _standing(account)
    yield _team(account)
    children = visible_to(context.actor(), type_named("accounts")).filter(parent=account).order_by("name")[:BESIDE]
    family = [item(row) for row in ([account.parent] if account.parent else []) + list(children)]
    if family:
        yield Panel(label=_("Group"), items=family, order=30)


def _chart(account: Account) -> tuple[str, str]:
    return reverse("crm:org-chart", args=[account.pk]), _("Org chart")


def _deal_panels(deal: Deal) -> Iterable[Panel]:
    if deal.contact:
        yield Panel(label=_("People"), items=[item(deal.contact)], order=10)
    yield Panel(
        label=_("Products"), template="crm/lines.html", add_url=reverse("crm:lines", args=[deal.pk]),
        add_label=_("Change"), order=20,
        items=[{"line": line, "total": money(line.total, deal.currency)} for line in deal.lines.all()],
    )  # fmt: skip
    yield _team(deal)
    yield Panel(label=_("Way so far"), template="crm/visits.html", items=_way(deal), order=60)


def _way(deal: Deal) -> list[StageVisit]:
    return list(visits_of(deal))


def _team(record: Any) -> Panel:
    found = type_of(record)
    assert found
    url = reverse("crm:team", args=[found.name, record.pk])
    return Panel(
        label=_("Team"),
        template="crm/team.html",
        items=list(team_of(record)),
        add_url=url,
        add_label=_("Change"),
        order=40,
    )


def _standing(customer: Account | Contact) -> Panel:
    from tenants.records.locale import company_currency

    value = money(customer.customer_value, company_currency())
    items = [{"record": customer, "value": value, "tone": {"low": "good", "medium": "warn", "high": "bad"}}]
    return Panel(label=_("Health"), template="crm/standing.html", items=items, order=25)


def _panel(label: str, name: str, by: dict[str, Any], order: int, more: tuple[str, str] = ("", "")) -> Panel:
    rows = visible_to(context.actor(), type_named(name)).filter(**by).order_by("-created_at")[:BESIDE]
    items = [item(row) for row in rows]
    if more[0] and items:
        items.append({"url": more[0], "name": more[1], "text": "", "has_face": False})
    return Panel(
        label=label, items=items, add_url=create_url(name, {key: row.pk for key, row in by.items()}), order=order
    )


def item(row: Any) -> dict[str, Any]:
    """A record as a line of a card."""
    record_type = type_of(row)
    assert record_type
    text = record_type.subtitle_of(row)
    if isinstance(row, Deal):
        when = f" · {day(row.expected_close_on)}" if row.expected_close_on else ""
        text = f"{money(row.amount, row.currency)} · {row.stage}{when}"
    return {
        "url": record_type.url_of(row),
        "name": str(row),
        "text": text,
        "is_square": record_type.is_square,
        "has_face": not isinstance(row, Deal),
    }
