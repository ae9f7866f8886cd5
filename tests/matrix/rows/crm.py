"""Deals, leads, accounts, tasks; pipelines, stages and how the company sells."""

from typing import Any

from tests.matrix.needs import PERSON, SETTINGS, SIGNED_IN, deletes, edits, makes, views
from tests.matrix.samples import row, the

DEALS, SELLS = views("deals"), edits("deals")
LINES = {"lines": [{"name": "Panel", "quantity": "1", "price": "10"}]}
TEAM = {"team": [{"user_id": the.user, "role": "sales"}]}
CONVERTS = edits("leads") & makes("contacts") & makes("accounts") & makes("deals")
"""What comes of a lead is made by the same hand."""
BY_PIPELINE = views("pipelines") & views("stages") & DEALS


def _converted(answer: Any) -> bool:
    return answer.status_code == 200 and answer.json()["items"][0]["outcome"] == "converted"


ROWS = [
    row("get_account_group", views("accounts")),
    row("get_account_org_chart", views("accounts") & views("contacts")),
    row("get_account_team", views("accounts")),
    row("set_account_team", edits("accounts"), json=TEAM),
    row("list_deal_lines", DEALS),
    row("set_deal_lines", SELLS, json=LINES),
    row("get_deal_stage_history", DEALS),
    row("get_deal_team", DEALS),
    row("set_deal_team", SELLS, json=TEAM),
    row("close_deal", SELLS, json={"status": "abandoned"}),
    row("reopen_deal", SELLS, deal_id=the.won),
    row("get_deal_card", DEALS),
    row("set_deal_card", SETTINGS, json={"fields": ["value"]}),
    row("list_lost_reasons", DEALS),
    row("create_lost_reason", SETTINGS, json={"name": "Too late"}),
    row("update_lost_reason", SETTINGS, json={"name": "Too dear"}),
    row("delete_lost_reason", SETTINGS),
    row("get_lead_matches", views("leads")),
    row("convert_lead", CONVERTS, json={"ignore_duplicates": True}),
    row("convert_leads", CONVERTS, json={"ids": [the.lead], "on_duplicate": "create"}, judge=_converted),
    row("make_pipeline_default", edits("pipelines")),
    row("remove_pipeline", deletes("pipelines"), json={}),
    row("get_pipeline_figures", BY_PIPELINE),
    row("move_stage", edits("stages"), json={"position": 1}),
    row("remove_stage", deletes("stages"), stage_id=the.stages_idle, json={}),
    row("get_source_figures", SIGNED_IN),
    row("list_feed", SIGNED_IN),
    row("list_task_reminders", views("tasks")),
    row("set_task_reminders", edits("tasks"), json={"reminders": [{"at": "2027-01-05T10:00:00Z"}]}),
]

STAGE = {"name": "Fresh", "kind": "open", "probability": 5}
SETS_UP = SETTINGS & PERSON
PAGES = [
    row("GET crm:feed", PERSON),
    row("GET crm:figures", BY_PIPELINE),
    row("GET crm:org-chart", views("accounts") & views("contacts")),
    row("GET crm:convert", edits("leads")),
    row("POST crm:convert", CONVERTS, form={"contact": "", "account": "", "makes_deal": "on", "deal_name": "Cold"}),
    row("GET crm:close", SELLS),
    row("POST crm:close", SELLS, form={"status": "abandoned"}),
    row("POST crm:reopen", SELLS, deal_id=the.won),
    row("GET crm:lines", SELLS),
    row("POST crm:lines", SELLS, form={"name": "Panel", "quantity": "1", "price": "10", "discount": "0"}),
    *(row(f"GET crm:team {name}", edits(name)) for name in ("accounts", "deals")),
    *(row(f"POST crm:team {name}", edits(name), form={"user": the.user, "role": "sales"})
      for name in ("accounts", "deals")),
    row("GET crm:reminders", edits("tasks")),
    row("POST crm:reminders", edits("tasks"), form={"before": [], "at": "2027-03-01T10:00"}),
    row("GET crm:pipelines", SETS_UP),
    row("GET crm:new-pipeline", SETS_UP),
    row("POST crm:new-pipeline", SETS_UP, form={"name": "New"}),
    row("GET crm:rename-pipeline", SETS_UP),
    row("POST crm:rename-pipeline", SETS_UP, form={"name": "Renamed"}),
    row("POST crm:default-pipeline", SETS_UP),
    row("GET crm:remove-pipeline", SETS_UP),
    row("POST crm:remove-pipeline", SETS_UP, form={}),
    row("GET crm:new-stage", SETS_UP),
    row("POST crm:new-stage", SETS_UP, form=STAGE),
    row("GET crm:edit-stage", SETS_UP),
    row("POST crm:edit-stage", SETS_UP, form=STAGE),
    row("POST crm:place-stage", SETS_UP, form={"to": "1"}),
    row("GET crm:remove-stage", SETS_UP, stage_id=the.stages_idle),
    row("POST crm:remove-stage", SETS_UP, stage_id=the.stages_idle, form={}),
    row("GET crm:deal-settings", SETS_UP),
    row("POST crm:deal-settings", SETS_UP, form={"fields_shown": ["value"]}),
    row("GET crm:new-reason", SETS_UP),
    row("POST crm:new-reason", SETS_UP, form={"name": "Too late"}),
    row("GET crm:edit-reason", SETS_UP),
    row("POST crm:edit-reason", SETS_UP, form={"name": "Too dear"}),
    row("GET crm:remove-reason", SETS_UP),
    row("POST crm:remove-reason", SETS_UP, form={}),
]  # fmt: skip
