"""Org chart, group and team of accounts."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema

from tenants.crm import actions
from tenants.crm.actions.teams import seats_from
from tenants.crm.api.deals import RecordTeamIn, RecordTeamOut, team_out
from tenants.crm.hierarchy import MOST_PEOPLE, Node, account_tree, org_chart
from tenants.crm.models import Account
from tenants.crm.queries import team_of
from tenants.kernel import context
from tenants.records.api import REFUSALS
from tenants.records.queries import record_for, visible_to
from tenants.records.registry import type_named
from tenants.records.schemas import Ref

Id = Path[UUID]
router = Router(tags=["Accounts"])


class ChartPersonOut(Schema):
    """Somebody in an org chart; `reports` are those who report to them."""

    id: UUID
    name: str
    job_title: str
    decision_role: str
    influence: int | None
    reports: list["ChartPersonOut"]


class ChartOut(Schema):
    items: list[ChartPersonOut]


class GroupOut(Schema):
    """Where an account stands in its group: those above it, the topmost first, and those directly below."""

    above: list[Ref]
    below: list[Ref]


def _account(account_id: UUID) -> Account:
    return record_for(context.actor(), type_named("accounts"), account_id)  # type: ignore[no-any-return]


@router.get("/org-chart", response={200: ChartOut, **REFUSALS}, operation_id="get_account_org_chart")
def chart(request: HttpRequest, account_id: Id) -> Any:
    """Who reports to whom, with their part in decisions and their influence."""
    actor, account = context.actor(), _account(account_id)
    people = visible_to(actor, type_named("contacts")).filter(account=account).select_related(None)[:MOST_PEOPLE]
    return {"items": [_person(node) for node in org_chart(people)]}


def _person(node: Node) -> dict[str, Any]:
    contact = node.contact
    return {
        "id": contact.pk, "name": str(contact), "job_title": contact.job_title, "influence": contact.influence,
        "decision_role": contact.decision_role, "reports": [_person(one) for one in node.below],
    }  # fmt: skip


@router.get("/group", response={200: GroupOut, **REFUSALS}, operation_id="get_account_group")
def group(request: HttpRequest, account_id: Id) -> Any:
    accounts = visible_to(context.actor(), type_named("accounts")).select_related(None)
    above, below = account_tree(_account(account_id), accounts)
    return {"above": [_ref(row) for row in above], "below": [_ref(row) for row in below]}


def _ref(row: Account) -> dict[str, Any]:
    return {"id": row.pk, "name": str(row)}


@router.get("/team", response={200: RecordTeamOut, **REFUSALS}, operation_id="get_account_team")
def team(request: HttpRequest, account_id: Id) -> Any:
    return team_out(team_of(_account(account_id)))


@router.put("/team", response={200: RecordTeamOut, **REFUSALS}, operation_id="set_account_team")
def set_team(request: HttpRequest, account_id: Id, body: RecordTeamIn) -> Any:
    """Give an account exactly this team."""
    seats = seats_from([(seat.user_id, seat.role) for seat in body.team])
    return team_out(actions.set_team(record=_account(account_id), seats=seats, by=context.actor()))
