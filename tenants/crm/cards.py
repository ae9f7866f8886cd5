"""What cards on boards show beyond fields, in a fixed number of queries."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.crm import rules
from tenants.crm.enums import CardField, DealStatus, Temperature
from tenants.crm.models import Deal, Lead
from tenants.crm.queries import next_tasks, sales_settings
from tenants.kernel.templatetags.ui import avatar, next_step, tag
from tenants.records.locale import due_text, money
from tenants.records.registry import type_named

NOTHING = mark_safe("")
TEMPERATURES = {Temperature.HOT: ("bad", "flame"), Temperature.WARM: ("warn",), Temperature.COLD: ("info",)}


def decorate_deals(rows: Sequence[Any]) -> None:
    """The next step and how urgent it is, whether the deal rots, and what the company wants shown."""
    if not rows:
        return
    tasks, shown = next_tasks(row.pk for row in rows), frozenset(sales_settings().card_fields)
    for row in rows:
        task = tasks.get(row.pk)
        row.urgency = rules.urgency(task)
        row.next_text = _next_words(task, shown)
        row.amount_text = money(row.amount, row.currency)
        row.is_rotting = rules.is_rotting(row)
        row.shown = shown
        row.sub = _under(row, shown)
        row.facts = _facts(row, shown)


def deal_card(deal: Any) -> SafeString:
    """A deal on the board: what the company wants shown of it, its next step and how urgent that is.

    In Python as cells are: a board has a hundred and more of these.
    """
    url = type_named("deals").url_of(deal)
    said = f"{deal}, {deal.amount_text}" + (f", {_('untouched for long')}" if deal.is_rotting else "")
    return format_html(
        '<li class="deal is-{}" data-card="{}" data-move="{}move/" tabindex="0" aria-label="{}">'
        '<a class="deal-title" href="{}" data-open draggable="false" tabindex="-1">{}</a>{}{}{}{}'
        '<div class="deal-foot">{}{}{}</div></li>',
        f"{deal.urgency} is-rotting" if deal.is_rotting else deal.urgency,
        deal.pk, url, said, url, str(deal), _line(deal.sub), _line(deal.facts), _tags(deal),
        _chosen(deal), _value(deal),
        next_step(deal.urgency, deal.next_text), _agent(deal),
    )  # fmt: skip


def _line(text: str) -> SafeString:
    return format_html('<div class="deal-sub clip">{}</div>', text) if text else NOTHING


def _chosen(deal: Any) -> SafeString:
    """Fields the view wants shown on top of that."""
    return render_to_string("records/_card_lines.html", {"record": deal}) if deal.card_lines else NOTHING


def _value(deal: Any) -> SafeString:
    return format_html('<span class="deal-value">{}</span>', deal.amount_text) if "value" in deal.shown else NOTHING


def _agent(deal: Any) -> SafeString:
    if "agent" not in deal.shown or not deal.owner:
        return NOTHING
    return format_html('<span title="{}">{}</span>', str(deal.owner), avatar(deal.owner))


def _tags(deal: Any) -> SafeString:
    found = [tag(deal.get_status_display())] if deal.status == DealStatus.ABANDONED else []
    found += [tag(_("Untouched"), "warn", "hourglass")] if deal.is_rotting else []
    if "priority" in deal.shown and deal.temperature:
        found.append(tag(deal.get_temperature_display(), *TEMPERATURES[deal.temperature]))
    found += [tag(one, "line") for one in deal.tags[:3]] if "tags" in deal.shown else []
    drawn = format_html_join("", "{}", ((one,) for one in found))
    return format_html('<div class="deal-tags">{}</div>', drawn) if found else NOTHING


def _next_words(task: Any, shown: frozenset[str]) -> str:
    if not task:
        return ""
    parts = [task.name] if CardField.NEXT_ACTION in shown else []
    parts += [due_text(task.due_at)] if CardField.NEXT_ACTION_DATE in shown and task.due_at else []
    return ", ".join(parts)


def _under(deal: Deal, shown: frozenset[str]) -> str:
    """Company and customer below the title."""
    parts: list[Any] = [deal.account] if CardField.COMPANY in shown else []
    parts += [deal.contact] if CardField.CUSTOMER in shown else []
    return " · ".join(str(part) for part in parts if part)


def _facts(deal: Deal, shown: frozenset[str]) -> str:
    """The small numbers: probability, days in stage, what it is about."""
    found = []
    if CardField.PROBABILITY in shown and deal.status == DealStatus.OPEN:
        found.append(f"{deal.probability}%")
    if CardField.DAYS_IN_STAGE in shown:
        days = deal.days_in_stage
        found.append(ngettext("%(n)d day here", "%(n)d days here", days) % {"n": days})
    if CardField.PRODUCT_INTEREST in shown and deal.product_interest:
        found.append(deal.product_interest)
    return " · ".join(found)


def decorate_leads(rows: Sequence[Lead]) -> None:
    """The next step of each lead, and what it may be worth."""
    if not rows:
        return
    tasks = next_tasks(row.pk for row in rows)
    for row in rows:
        task = tasks.get(row.pk)
        row.urgency = rules.urgency(task)  # type: ignore[attr-defined]
        row.next_text = f"{task.name}, {due_text(task.due_at)}" if task else ""  # type: ignore[attr-defined]
        row.amount_text = money(row.amount, row.currency) if row.amount else ""  # type: ignore[attr-defined]
